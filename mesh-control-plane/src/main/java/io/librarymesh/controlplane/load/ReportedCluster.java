package io.librarymesh.controlplane.load;

import com.google.protobuf.Duration;
import io.librarymesh.controlplane.load.LoadSnapshot.ClusterLoad;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterStats;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A cluster as one client calls it. Not safe for threads. */
final class ReportedCluster {

  private static final double MILLIS_PER_SECOND = TimeUnit.SECONDS.toMillis(1);
  private static final long LONGEST_INTERVAL_SECONDS = TimeUnit.DAYS.toSeconds(1);

  private final String name;
  private final String service;
  private final LoadWindow millis;
  private final LoadWindow dropped;
  private final Map<String, LoadWindow> drops = new TreeMap<>();
  private final Map<String, ReportedLocality> localities = new TreeMap<>();
  private long touched;

  ReportedCluster(String name, String service, long nanos) {
    this.name = name;
    this.service = service;
    this.millis = new LoadWindow(nanos);
    this.dropped = new LoadWindow(nanos);
    this.touched = nanos;
  }

  /** By category. */
  Map<String, LoadWindow> drops() {
    return drops;
  }

  /** By name. */
  Map<String, ReportedLocality> localities() {
    return localities;
  }

  void add(long nanos, ClusterStats stats) {
    touched = nanos;
    millis.add(nanos, millis(stats.getLoadReportInterval()));
    dropped.add(nanos, LoadCounts.bounded(stats.getTotalDroppedRequests()));
  }

  private static long millis(Duration interval) {
    long seconds = Math.max(0, Math.min(interval.getSeconds(), LONGEST_INTERVAL_SECONDS));
    return TimeUnit.SECONDS.toMillis(seconds)
        + TimeUnit.NANOSECONDS.toMillis(Math.max(0, interval.getNanos()));
  }

  int rows() {
    return 1 + drops.size() + localities.values().stream().mapToInt(ReportedLocality::rows).sum();
  }

  /** Forgets what is older than the window; true when all of it is. */
  boolean forgetOld(long nanos) {
    drops.values().removeIf(category -> category.sum(nanos) == 0);
    localities.values().removeIf(locality -> locality.forgetOld(nanos));
    return LoadWindow.isOver(touched, nanos);
  }

  ClusterLoad at(long nanos) {
    Map<String, Long> byCategory = new TreeMap<>();
    drops.forEach((category, count) -> byCategory.put(category, count.sum(nanos)));
    return new ClusterLoad(
        name,
        service,
        millis.sum(nanos) / MILLIS_PER_SECOND,
        dropped.sum(nanos),
        byCategory,
        localities.entrySet().stream().map(e -> e.getValue().at(e.getKey(), nanos)).toList());
  }
}
