package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.proto.envoy.config.listener.v3.ApiListener;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
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
    return routes(authority, target).map(routes -> listener(name, routes, session(target)));
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
        HttpConnectionManager.newBuilder()
            .setStatPrefix(routes)
            .setRds(
                Rds.newBuilder().setConfigSource(Packing.ADS).setRouteConfigName(routes).build())
            // As Istio has it; silence would mean Envoy's five minutes.
            .setStreamIdleTimeout(Duration.getDefaultInstance());
    normalizePaths(manager);
    // Some of gRPC's clients do not know it, and would refuse the listener.
    session
        .map(config -> filter(SessionTranslation.FILTER, config))
        .map(filter -> filter.toBuilder().setIsOptional(lookup.isGrpc()).build())
        .ifPresent(manager::addHttpFilters);
    manager
        .addHttpFilters(filter(FaultTranslation.FILTER, HTTPFault.getDefaultInstance()))
        .addHttpFilters(filter("envoy.filters.http.router", Router.getDefaultInstance()));
    return Listener.newBuilder()
        .setName(name)
        .setApiListener(ApiListener.newBuilder().setApiListener(Packing.pack(manager.build())))
        .build();
  }

  /** Source: Istio's {@code buildHTTPConnectionManager}. */
  private void normalizePaths(HttpConnectionManager.Builder manager) {
    PathNormalization normalization = lookup.meshConfig().pathNormalization();
    manager
        .setNormalizePath(BoolValue.of(normalization != PathNormalization.NONE))
        .setMergeSlashes(normalization.compareTo(PathNormalization.MERGE_SLASHES) >= 0)
        .setPathWithEscapedSlashesAction(
            normalization == PathNormalization.DECODE_AND_MERGE_SLASHES
                ? PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD
                : PathWithEscapedSlashesAction.KEEP_UNCHANGED);
  }

  private static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Packing.pack(config)).build();
  }
}
