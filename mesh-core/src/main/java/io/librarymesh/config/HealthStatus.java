package io.librarymesh.config;

/** What the control plane says of an endpoint. Source: Envoy {@code core.v3.HealthStatus}. */
public enum HealthStatus {
  /** Nothing was said, which is as good as healthy. */
  UNKNOWN,
  HEALTHY,
  /** Not picked outside of panic, like the two that follow. */
  UNHEALTHY,
  /** About to go: it may keep the sessions that it has. */
  DRAINING,
  TIMEOUT,
  /** Usable when nothing healthy is left. */
  DEGRADED;

  /** Whether it may get any call. */
  public boolean isHealthy() {
    return this == HEALTHY || this == UNKNOWN;
  }
}
