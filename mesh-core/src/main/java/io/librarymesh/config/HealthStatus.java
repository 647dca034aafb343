package io.librarymesh.config;

/** What the control plane says of an endpoint. Source: Envoy {@code core.v3.HealthStatus}. */
public enum HealthStatus {
  /** Healthy, or not known to be anything else. */
  HEALTHY,
  /** Usable when nothing healthy is left. */
  DEGRADED,
  /** Unhealthy, draining or timed out: not picked outside of panic. */
  UNHEALTHY
}
