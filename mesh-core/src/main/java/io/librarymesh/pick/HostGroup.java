package io.librarymesh.pick;

import io.librarymesh.config.HealthStatus;
import java.util.List;

/** The hosts of a priority level that calls may be sent to together. */
enum HostGroup {
  HEALTHY,
  DEGRADED,
  /** In panic. */
  ALL;

  boolean holds(HostState host) {
    return switch (this) {
      case HEALTHY -> host.health().isHealthy();
      case DEGRADED -> host.health() == HealthStatus.DEGRADED;
      case ALL -> true;
    };
  }

  /** How many of {@code hosts} are in the group. */
  int count(List<HostState> hosts) {
    int count = 0;
    for (int i = 0; i < hosts.size(); i++) {
      count += holds(hosts.get(i)) ? 1 : 0;
    }
    return count;
  }

  /** Those of {@code hosts} that are in the group. */
  HostState[] of(List<HostState> hosts) {
    HostState[] members = new HostState[count(hosts)];
    int next = 0;
    for (int i = 0; i < hosts.size() && next < members.length; i++) {
      HostState host = hosts.get(i);
      if (holds(host)) {
        members[next++] = host;
      }
    }
    return members;
  }
}
