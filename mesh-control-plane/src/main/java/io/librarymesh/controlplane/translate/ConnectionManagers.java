package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.librarymesh.proto.envoy.config.route.v3.NonForwardingAction;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.List;

/** What all connection managers have in common, whoever they are for. */
final class ConnectionManagers {

  private ConnectionManagers() {}

  /** One that asks for its routes by name, without filters yet. */
  static HttpConnectionManager.Builder withRoutes(String routes, MeshConfig meshConfig) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(routes)
            .setRds(
                Rds.newBuilder().setConfigSource(Packing.ADS).setRouteConfigName(routes).build())
            // As Istio has it; silence would mean Envoy's five minutes.
            .setStreamIdleTimeout(Duration.getDefaultInstance());
    normalizePaths(manager, meshConfig.pathNormalization());
    return manager;
  }

  /** One of a server itself, to which all requests go that its filters let pass. */
  static HttpConnectionManager inbound(int port, MeshConfig meshConfig, List<HttpFilter> filters) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("inbound_" + port)
            .setRouteConfig(
                RouteConfiguration.newBuilder()
                    .setName("inbound|" + port + "||")
                    .addVirtualHosts(
                        VirtualHost.newBuilder()
                            .setName("inbound|http|" + port)
                            .addDomains("*")
                            .addRoutes(
                                Route.newBuilder()
                                    .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                    .setNonForwardingAction(
                                        NonForwardingAction.getDefaultInstance()))));
    normalizePaths(manager, meshConfig.pathNormalization());
    return manager
        .addAllHttpFilters(filters)
        .addHttpFilters(filter("envoy.filters.http.router", Router.getDefaultInstance()))
        .build();
  }

  /** Source: Istio's {@code buildHTTPConnectionManager}. */
  private static void normalizePaths(
      HttpConnectionManager.Builder manager, PathNormalization normalization) {
    manager
        .setNormalizePath(BoolValue.of(normalization != PathNormalization.NONE))
        .setMergeSlashes(normalization.compareTo(PathNormalization.MERGE_SLASHES) >= 0)
        .setPathWithEscapedSlashesAction(
            normalization == PathNormalization.DECODE_AND_MERGE_SLASHES
                ? PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD
                : PathWithEscapedSlashesAction.KEEP_UNCHANGED);
  }

  /** The filters that come last: faults, then the one that forwards. */
  static void addLastFilters(HttpConnectionManager.Builder manager) {
    manager
        .addHttpFilters(filter(FaultTranslation.FILTER, HTTPFault.getDefaultInstance()))
        .addHttpFilters(filter("envoy.filters.http.router", Router.getDefaultInstance()));
  }

  static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Packing.pack(config)).build();
  }
}
