package io.librarymesh.pick;

import io.librarymesh.config.HealthStatus;

/** The hosts of a priority level that calls may be sent to together. */
enum HostGroup {
  HEALTHY,
  DEGRADED,
  /** In panic. */
  ALL;

  boolean holds(HostState host) {
    return switch (this) {
      case HEALTHY -> host.health() == HealthStatus.HEALTHY;
      case DEGRADED -> host.health() == HealthStatus.DEGRADED;
      case ALL -> true;
    };
  }
}
