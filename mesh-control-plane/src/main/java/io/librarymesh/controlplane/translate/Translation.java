package io.librarymesh.controlplane.translate;

import com.google.protobuf.Message;
import java.util.Optional;
import java.util.Set;

/**
 * What became of one name.
 *
 * @param resource the xDS resource; absent when there is none of that name for the client
 * @param hosts the hosts, wildcards and addresses that were looked at, lower-case: as long as
 *     nothing changes for these the answer stays the same
 */
public record Translation(Optional<Message> resource, Set<String> hosts) {

  /**
   * Makes one resource for clients of a view.
   *
   * @param name the resource's name as the client asked for it
   */
  public static Translation of(
      PushContext context, ClientView view, ResourceType type, String name) {
    ClientLookup lookup = new ClientLookup(context, view);
    Optional<? extends Message> resource =
        switch (type) {
          case LISTENER ->
              view.isRouter()
                  ? new IngressListenerTranslation(lookup).translate(name)
                  : InboundListenerTranslation.isInbound(name)
                      ? new InboundListenerTranslation(lookup).translate(name)
                      : new ListenerTranslation(lookup).translate(name);
          case ROUTE ->
              view.isRouter()
                  ? new IngressRouteTranslation(lookup).translate(name)
                  : new RouteConfigurationTranslation(lookup).translate(name);
          case CLUSTER -> new ClusterTranslation(lookup).translate(name);
          case ENDPOINT -> EndpointTranslation.translate(lookup, name);
        };
    return new Translation(resource.map(message -> message), lookup.consulted());
  }
}
