package io.librarymesh.controlplane.load;

import io.librarymesh.controlplane.load.LoadCounts.Report;
import io.librarymesh.controlplane.load.LoadSnapshot.ClientLoad;
import io.librarymesh.proto.envoy.config.core.v3.Address;
import io.librarymesh.proto.envoy.config.core.v3.Locality;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterStats;
import io.librarymesh.proto.envoy.config.endpoint.v3.UpstreamEndpointStats;
import io.librarymesh.proto.envoy.config.endpoint.v3.UpstreamLocalityStats;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one client reports. Not safe for threads. */
final class ReportingClient {

  /** Names that are longer are not kept. */
  private static final int LONGEST_NAME = 1024;

  private final String node;
  private final Map<String, ReportedCluster> clusters = new TreeMap<>();
  private int streams;
  private int rows;
  private int room;
  private int refused;
  private long reports;

  ReportingClient(String node) {
    this.node = node;
  }

  void opened() {
    streams++;
  }

  void closed() {
    streams--;
  }

  int streams() {
    return streams;
  }

  int rows() {
    return rows;
  }

  /**
   * Adds a report.
   *
   * @param most how many rows there is room for beside those that there are
   * @return how many rows of the report found none
   */
  int add(long nanos, List<ClusterStats> stats, int most) {
    reports++;
    room = most;
    refused = 0;
    Report report = new Report(reports, nanos);
    stats.forEach(cluster -> add(report, cluster));
    return refused;
  }

  private void add(Report report, ClusterStats stats) {
    String service =
        stats.getClusterServiceName().equals(stats.getClusterName())
            ? ""
            : stats.getClusterServiceName();
    ReportedCluster cluster =
        row(
            clusters,
            stats.getClusterName() + '\0' + service,
            () -> new ReportedCluster(stats.getClusterName(), service, report.nanos()));
    if (cluster == null) {
      return;
    }
    cluster.add(report.nanos(), stats);
    for (ClusterStats.DroppedRequests drops : stats.getDroppedRequestsList()) {
      LoadWindow category =
          row(cluster.drops(), drops.getCategory(), () -> new LoadWindow(report.nanos()));
      if (category != null) {
        category.add(report.nanos(), LoadCounts.bounded(drops.getDroppedCount()));
      }
    }
    stats.getUpstreamLocalityStatsList().forEach(locality -> add(report, cluster, locality));
  }

  private void add(Report report, ReportedCluster cluster, UpstreamLocalityStats stats) {
    ReportedLocality locality =
        row(
            cluster.localities(),
            name(stats.getLocality()),
            () -> new ReportedLocality(report.nanos()));
    if (locality == null) {
      return;
    }
    locality
        .counts()
        .add(
            report,
            stats.getTotalIssuedRequests(),
            stats.getTotalSuccessfulRequests(),
            stats.getTotalErrorRequests(),
            stats.getTotalRequestsInProgress());
    for (UpstreamEndpointStats endpoint : stats.getUpstreamEndpointStatsList()) {
      LoadCounts counts =
          row(
              locality.endpoints(),
              name(endpoint.getAddress()),
              () -> new LoadCounts(report.nanos()));
      if (counts != null) {
        counts.add(
            report,
            endpoint.getTotalIssuedRequests(),
            endpoint.getTotalSuccessfulRequests(),
            endpoint.getTotalErrorRequests(),
            endpoint.getTotalRequestsInProgress());
      }
    }
  }

  /** The row of a name, made when there is none and there is room. */
  private <T> @Nullable T row(Map<String, T> rows, String name, Supplier<T> maker) {
    T known = rows.get(name);
    if (known != null) {
      return known;
    }
    if (room == 0 || name.length() > LONGEST_NAME) {
      refused++;
      return null;
    }
    room--;
    this.rows++;
    T made = maker.get();
    rows.put(name, made);
    return made;
  }

  private static String name(Locality locality) {
    return String.join(
            "/",
            Stream.of(locality.getRegion(), locality.getZone(), locality.getSubZone()).toList())
        .replaceAll("/+$", "");
  }

  private static String name(Address address) {
    SocketAddress socket = address.getSocketAddress();
    if (!address.hasSocketAddress()) {
      return address.getPipe().getPath();
    }
    String host = socket.getAddress();
    return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + socket.getPortValue();
  }

  /** Forgets rows that are older than the window; true when nothing is left of the client. */
  boolean forgetOld(long nanos) {
    clusters.values().removeIf(cluster -> cluster.forgetOld(nanos));
    rows = clusters.values().stream().mapToInt(ReportedCluster::rows).sum();
    return streams == 0 && clusters.isEmpty();
  }

  ClientLoad at(long nanos) {
    return new ClientLoad(
        node, streams, clusters.values().stream().map(cluster -> cluster.at(nanos)).toList());
  }
}
