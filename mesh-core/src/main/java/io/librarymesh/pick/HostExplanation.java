package io.librarymesh.pick;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.OutlierDetection.Ejection;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether one host may be picked now, and why.
 *
 * @param active attempts in flight to it
 * @param ejectedNanos how long it stays ejected, at least, from now; 0 when it is not
 * @param reason such as {@code healthy}, {@code ejected for its failures}, {@code priority 1, of
 *     which 0 % of calls go}
 */
public record HostExplanation(
    Endpoint endpoint,
    int priority,
    int active,
    long ejectedNanos,
    boolean pickable,
    String reason) {

  /** Every host of a cluster, by priority. The caller holds the cluster's lock. */
  static List<HostExplanation> of(ClusterConfig config, List<PriorityLevel> levels, long now) {
    if (levels.isEmpty()) {
      return List.of();
    }
    PriorityLoad load = HostSetCompiler.loadOf(config, HostSetCompiler.sizesOf(config, levels));
    List<HostExplanation> all = new ArrayList<>();
    for (int priority = 0; priority < levels.size(); priority++) {
      for (HostState host : levels.get(priority).hosts()) {
        all.add(of(host, priority, load, config.cluster().outlierDetection().ejection(), now));
      }
    }
    return all;
  }

  private static HostExplanation of(
      HostState host, int priority, PriorityLoad load, Ejection ejection, long now) {
    long left = host.ejected() ? Math.max(1, Ejections.left(host, ejection, now)) : 0;
    int share = share(host, priority, load);
    return new HostExplanation(
        host.endpoint(),
        priority,
        host.active(),
        left,
        share > 0,
        reason(host, share, load, priority));
  }

  private static int share(HostState host, int priority, PriorityLoad load) {
    if (load.panic(priority)) {
      return load.healthy(priority) + load.degraded(priority);
    }
    return switch (host.health()) {
      case UNKNOWN, HEALTHY -> load.healthy(priority);
      case DEGRADED -> load.degraded(priority);
      case UNHEALTHY, DRAINING, TIMEOUT -> 0;
    };
  }

  private static String reason(HostState host, int share, PriorityLoad load, int priority) {
    String state = state(host);
    if (share > 0 && load.panic(priority)) {
      return state + "; too few are healthy, so all hosts of priority " + priority + " are used";
    }
    boolean usable = host.health().isHealthy() || host.health() == HealthStatus.DEGRADED;
    if (share > 0 || !usable) {
      return state;
    }
    return state + "; no calls go to priority " + priority + " in this state";
  }

  /** Such as {@code healthy}. */
  static String state(HostState host) {
    if (host.ejected()) {
      return "ejected for its failures";
    }
    return switch (host.health()) {
      case UNKNOWN, HEALTHY -> "healthy";
      case DEGRADED -> "degraded";
      case UNHEALTHY -> "unhealthy, says the control plane";
      case DRAINING -> "draining, says the control plane";
      case TIMEOUT -> "timed out, says the control plane";
    };
  }
}
