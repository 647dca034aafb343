package io.librarymesh.controlplane.load;

import io.librarymesh.controlplane.load.LoadSnapshot.ClientLoad;
import io.librarymesh.controlplane.metrics.Amount;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.metrics.Series;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterStats;
import io.librarymesh.proto.envoy.config.endpoint.v3.UpstreamLocalityStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What clients say they sent where: the last minute by client, cluster, locality and endpoint, and
 * totals since the start as metrics. Any thread.
 *
 * <p>Memory is bounded by the number of rows, of all clients and of each one; what is beyond is
 * counted in the totals, but not kept. A row that no report mentions for a minute makes room.
 */
public final class LoadReports {

  static final int MOST_ROWS = 20_000;
  static final int MOST_ROWS_OF_A_CLIENT = 5_000;

  private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoTime;
  private final int mostRows;
  private final Map<String, ReportingClient> clients = new TreeMap<>();
  private final Amount reports;
  private final Amount successes;
  private final Amount errors;
  private final Amount drops;
  private final Amount refusedRows;
  private long turnedAway;
  private int rows;
  private long forgottenAt;

  /** Nothing is reported yet; totals are among the numbers. */
  public LoadReports(Metrics metrics, LongSupplier nanoTime) {
    this(metrics, nanoTime, MOST_ROWS);
  }

  LoadReports(Metrics metrics, LongSupplier nanoTime, int mostRows) {
    this.nanoTime = nanoTime;
    this.mostRows = mostRows;
    this.forgottenAt = nanoTime.getAsLong();
    Series<Amount> requests =
        metrics.counter(
            "librarymesh_load_requests",
            "Requests that clients reported as ended, by how.",
            "outcome");
    reports = metrics.counter("librarymesh_load_reports", "Reports of load.").with();
    successes = requests.with("success");
    errors = requests.with("error");
    drops = requests.with("drop");
    refusedRows =
        metrics
            .counter("librarymesh_load_rows_turned_away", "Rows of reports that were not kept.")
            .with();
    metrics.gauge("librarymesh_load_rows", "Rows of reports that are kept.", this::rows);
    metrics.gauge("librarymesh_load_clients", "Clients that report load.", this::reporting);
  }

  /** A stream of the client reports from now on. */
  synchronized void opened(String node) {
    clients.computeIfAbsent(node, ReportingClient::new).opened();
  }

  /** It does no more; what it said stays for as long as the window. */
  synchronized void closed(String node) {
    ReportingClient client = clients.get(node);
    if (client != null) {
      client.closed();
    }
  }

  /** Takes a report. */
  synchronized void add(String node, List<ClusterStats> clusters) {
    long now = nanoTime.getAsLong();
    if (now - forgottenAt >= FORGET_NANOS) {
      forgetOld(now);
    }
    ReportingClient client = clients.computeIfAbsent(node, ReportingClient::new);
    int before = client.rows();
    int room = Math.min(mostRows - rows, MOST_ROWS_OF_A_CLIENT - before);
    int refused = client.add(now, clusters, Math.max(room, 0));
    rows += client.rows() - before;
    reports.increment();
    turnedAway += refused;
    refusedRows.add(refused);
    clusters.forEach(this::total);
  }

  private void total(ClusterStats cluster) {
    drops.add(LoadCounts.bounded(cluster.getTotalDroppedRequests()));
    for (UpstreamLocalityStats locality : cluster.getUpstreamLocalityStatsList()) {
      successes.add(LoadCounts.bounded(locality.getTotalSuccessfulRequests()));
      errors.add(LoadCounts.bounded(locality.getTotalErrorRequests()));
    }
  }

  private void forgetOld(long now) {
    forgottenAt = now;
    clients.values().removeIf(client -> client.forgetOld(now));
    rows = clients.values().stream().mapToInt(ReportingClient::rows).sum();
  }

  private synchronized int rows() {
    return rows;
  }

  private synchronized long reporting() {
    return clients.values().stream().filter(client -> client.streams() > 0).count();
  }

  /** What there is now. */
  public synchronized LoadSnapshot snapshot() {
    long now = nanoTime.getAsLong();
    forgetOld(now);
    List<ClientLoad> loads = new ArrayList<>();
    clients.values().forEach(client -> loads.add(client.at(now)));
    return new LoadSnapshot(LoadWindow.SECONDS, rows, turnedAway, loads);
  }
}
