package io.librarymesh.controlplane.fields;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.librarymesh.controlplane.translate.Catalogue;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Translation;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Collects everything that one client is served. */
final class Served {

  /** What no wildcard subscription has: a host that nobody declared, and addresses. */
  private static final List<String> FURTHER =
      List.of(
          "xds.istio.io/grpc/lds/inbound/10.1.0.1:8080",
          "xds.istio.io/grpc/lds/inbound/10.1.0.1:9080",
          "unknown.example.net:80",
          "unknown.example.net:9999",
          "10.0.0.5:9080",
          "10.9.0.1:80",
          "a.example.org:80");

  private final PushContext context;
  private final ClientView view;
  private final String client;
  private final Map<String, Message> served;

  /**
   * @param client tells clients apart among what is served
   * @param served where it goes, by client, type and name
   */
  Served(PushContext context, ClientView view, String client, Map<String, Message> served) {
    this.context = context;
    this.view = view;
    this.client = client;
    this.served = served;
  }

  /** Everything of these hosts, and of what nobody declared. */
  void all(Predicate<String> hosts) {
    for (String cluster : names(ResourceType.CLUSTER, hosts)) {
      add(ResourceType.CLUSTER, cluster);
      add(ResourceType.ENDPOINT, cluster);
    }
    List<String> listeners = new ArrayList<>(names(ResourceType.LISTENER, hosts));
    listeners.addAll(FURTHER);
    for (String listener : listeners) {
      add(ResourceType.LISTENER, listener);
      Translation.of(context, view, ResourceType.LISTENER, listener)
          .resource()
          .ifPresent(this::addRoutes);
    }
  }

  private List<String> names(ResourceType type, Predicate<String> hosts) {
    return Catalogue.hosts(context).stream()
        .filter(hosts)
        .flatMap(host -> Catalogue.names(context, view, type, host).stream())
        .toList();
  }

  private void add(ResourceType type, String name) {
    Translation.of(context, view, type, name)
        .resource()
        .ifPresent(message -> served.put(client + " " + type + " " + name, message));
  }

  /** The routes that connection managers anywhere in a message ask for. */
  private void addRoutes(Message message) {
    for (Object value : message.getAllFields().values()) {
      for (Object each : value instanceof List<?> list ? list : List.of(value)) {
        if (each instanceof Any any && any.is(HttpConnectionManager.class)) {
          add(ResourceType.ROUTE, manager(any).getRds().getRouteConfigName());
        } else if (each instanceof Message inner) {
          addRoutes(inner);
        }
      }
    }
  }

  private static HttpConnectionManager manager(Any any) {
    try {
      return any.unpack(HttpConnectionManager.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
