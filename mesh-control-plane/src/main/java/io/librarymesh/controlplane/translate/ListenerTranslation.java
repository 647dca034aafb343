package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.listener.v3.ApiListener;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.Map;
import java.util.Optional;

/** Listeners by the {@code host:port} that a client calls: what leads to the routes. */
final class ListenerTranslation {

  private final ClientLookup lookup;

  ListenerTranslation(ClientLookup lookup) {
    this.lookup = lookup;
  }

  Optional<Listener> translate(String name) {
    return Target.Authority.parse(name)
        .flatMap(authority -> listener(name, authority, resolve(authority)));
  }

  private Target resolve(Target.Authority authority) {
    return new TargetResolution(lookup).resolve(authority);
  }

  private Optional<Listener> listener(String name, Target.Authority authority, Target target) {
    return routes(authority, target)
        .map(routes -> listener(name, routes, session(target)))
        .map(
            listener ->
                target instanceof Target.Unknown
                    ? listener.toBuilder().setMetadata(reason(authority)).build()
                    : listener);
  }

  /** For whoever calls it and for {@code meshctl explain}. */
  private Metadata reason(Target.Authority authority) {
    String reason = new UnknownTarget(lookup, authority).absence().reason();
    return Metadata.newBuilder()
        .putFilterMetadata(Packing.OWN_METADATA, Packing.struct(Map.of("unknown", reason)))
        .build();
  }

  /** The name of the routes; empty when the client is to be told that there is no such host. */
  private Optional<String> routes(Target.Authority authority, Target target) {
    if (target instanceof Target.OfService service) {
      return Optional.of(new ClusterName(service.port(), "", service.service().host()).toString());
    }
    if (target instanceof Target.OfRules rules) {
      return Optional.of(new ClusterName(authority.port(), "", rules.host()).toString());
    }
    if (lookup.isGrpc()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (lookup.outboundTrafficPolicy()) {
          case ALLOW_ANY -> RouteConfigurationTranslation.ALLOW_ANY;
          case REGISTRY_ONLY -> RouteConfigurationTranslation.BLOCK_ALL;
        });
  }

  /** Nothing of HTTP is done where a sidecar sees no HTTP. */
  private static Optional<StatefulSession> session(Target target) {
    return target instanceof Target.OfService service
            && service.service().port(service.port()).filter(ServicePort::isHttp).isPresent()
        ? service.service().session().map(SessionTranslation::translate)
        : Optional.empty();
  }

  private Listener listener(String name, String routes, Optional<StatefulSession> session) {
    HttpConnectionManager.Builder manager =
        ConnectionManagers.withRoutes(routes, lookup.meshConfig());
    // Some of gRPC's clients do not know it, and would refuse the listener.
    session
        .map(config -> ConnectionManagers.filter(SessionTranslation.FILTER, config))
        .map(filter -> filter.toBuilder().setIsOptional(lookup.isGrpc()).build())
        .ifPresent(manager::addHttpFilters);
    ConnectionManagers.addLastFilters(manager);
    return Listener.newBuilder()
        .setName(name)
        .setApiListener(ApiListener.newBuilder().setApiListener(Packing.pack(manager.build())))
        .build();
  }
}
