package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.Address;
import io.librarymesh.proto.envoy.config.core.v3.AggregatedConfigSource;
import io.librarymesh.proto.envoy.config.core.v3.ConfigSource;
import io.librarymesh.proto.envoy.config.core.v3.HealthStatus;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.Endpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.librarymesh.proto.envoy.config.listener.v3.ApiListener;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.Arrays;

/** Resources of the shape that Library Mesh's control plane serves, as small as they can be. */
final class SampleResources {
  static final ConfigSource ADS =
      ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance()).build();

  private SampleResources() {}

  static Listener listener(String name, String routeConfigName) {
    return listener(name, manager(routeConfigName).build());
  }

  static Listener listener(String name, HttpConnectionManager manager) {
    return Listener.newBuilder()
        .setName(name)
        .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
        .build();
  }

  static HttpConnectionManager.Builder manager(String routeConfigName) {
    return HttpConnectionManager.newBuilder()
        .setStreamIdleTimeout(seconds(0))
        .setStatPrefix("outbound")
        .setNormalizePath(BoolValue.of(true))
        .setRds(Rds.newBuilder().setConfigSource(ADS).setRouteConfigName(routeConfigName))
        .addHttpFilters(filter("envoy.filters.http.fault", HTTPFault.getDefaultInstance()))
        .addHttpFilters(filter("envoy.filters.http.router", Router.getDefaultInstance()));
  }

  /** A listener of a server, in plaintext. */
  static Listener inbound(String name, HttpFilter... filters) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .addAllHttpFilters(Arrays.asList(filters))
            .addHttpFilters(filter("envoy.filters.http.router", Router.getDefaultInstance()))
            .build();
    return Listener.newBuilder()
        .setName(name)
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(Filter.newBuilder().setTypedConfig(Any.pack(manager))))
        .build();
  }

  static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }

  /** All requests to these clusters, with equal weights. */
  static RouteConfiguration routes(String name, String... clusters) {
    WeightedCluster.Builder weighted = WeightedCluster.newBuilder();
    for (String cluster : clusters) {
      weighted.addClusters(
          WeightedCluster.ClusterWeight.newBuilder().setName(cluster).setWeight(UInt32Value.of(1)));
    }
    return routes(
        name, route(RouteAction.newBuilder().setWeightedClusters(weighted).build()).build());
  }

  static RouteConfiguration routes(String name, Route... routes) {
    return RouteConfiguration.newBuilder()
        .setName(name)
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName(name)
                .addDomains("*")
                .addAllRoutes(Arrays.asList(routes)))
        .build();
  }

  static Route.Builder route(RouteAction action) {
    return Route.newBuilder().setMatch(RouteMatch.newBuilder().setPrefix("/")).setRoute(action);
  }

  static RouteAction.Builder forward(String cluster) {
    return RouteAction.newBuilder().setCluster(cluster);
  }

  static Cluster cluster(String name) {
    return clusterBuilder(name).build();
  }

  static Cluster.Builder clusterBuilder(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(
            Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS).setServiceName(name));
  }

  /** Endpoints on 127.0.0.1 in one locality. */
  static ClusterLoadAssignment endpoints(String name, int... ports) {
    LocalityLbEndpoints.Builder locality =
        LocalityLbEndpoints.newBuilder().setLoadBalancingWeight(UInt32Value.of(1));
    for (int port : ports) {
      locality.addLbEndpoints(endpoint("127.0.0.1", port));
    }
    return ClusterLoadAssignment.newBuilder().setClusterName(name).addEndpoints(locality).build();
  }

  static LbEndpoint.Builder endpoint(String address, int port) {
    return LbEndpoint.newBuilder()
        .setHealthStatus(HealthStatus.HEALTHY)
        .setEndpoint(
            Endpoint.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setSocketAddress(
                            SocketAddress.newBuilder().setAddress(address).setPortValue(port))));
  }

  static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  static Duration millis(int millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos(millis % 1000 * 1_000_000)
        .build();
  }
}
