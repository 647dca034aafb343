package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.List;

/** A rule for opaque bytes as Envoy's TcpProxy. */
final class TcpProxyTranslation {

  private static final String FILTER = "envoy.filters.network.tcp_proxy";

  private TcpProxyTranslation() {}

  /**
   * The filter that forwards.
   *
   * @param port of the server, which is that of destinations without one
   */
  static Filter translate(ClientLookup lookup, OpaqueRouteSelection selection, int port) {
    Destinations destinations =
        new Destinations(lookup, selection.owner().metadata().namespace(), port);
    TcpProxy.Builder proxy = TcpProxy.newBuilder();
    List<RouteDestination> all = selection.destinations();
    if (all.size() == 1) {
      String cluster = destinations.cluster(all.get(0).destination()).toString();
      proxy.setStatPrefix(cluster).setCluster(cluster);
    } else {
      proxy.setStatPrefix(selection.owner().id().toString());
      all.stream()
          .filter(d -> d.weight() > 0)
          .forEach(
              d ->
                  proxy
                      .getWeightedClustersBuilder()
                      .addClustersBuilder()
                      .setName(destinations.cluster(d.destination()).toString())
                      .setWeight(d.weight()));
    }
    return Filter.newBuilder().setName(FILTER).setTypedConfig(Packing.pack(proxy.build())).build();
  }
}
