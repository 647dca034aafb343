package io.librarymesh.config;

import java.util.Set;

/**
 * How the calls to a cluster are spread over its hosts. Source: Envoy {@code Cluster.lb_policy},
 * {@code common_lb_config} and {@code load_balancing_policy}.
 *
 * @param subsets how the hosts are divided before any of that
 * @param panicThresholdPercent below this share of healthy hosts all hosts are used; 0 switches
 *     that off
 * @param overrideHostStatuses what a host may be that a call asks for by its address; empty when
 *     calls cannot do that. Source: Envoy {@code override_host_status}
 */
public record LoadBalancing(
    LbPolicy policy,
    LocalityBalancing localities,
    Subsets subsets,
    int panicThresholdPercent,
    Set<HealthStatus> overrideHostStatuses) {
  /** Envoy's default for {@link #overrideHostStatuses}. */
  public static final Set<HealthStatus> USABLE =
      Set.of(HealthStatus.UNKNOWN, HealthStatus.HEALTHY, HealthStatus.DEGRADED);

  /** Envoy's default: round robin, and panic below one half. */
  public static final LoadBalancing DEFAULT = of(LbPolicy.RoundRobin.DEFAULT, 50);

  public LoadBalancing {
    Ranges.requirePercent("panicThresholdPercent", panicThresholdPercent);
    overrideHostStatuses = Set.copyOf(overrideHostStatuses);
  }

  /** A policy and nothing that Envoy does not do by itself. */
  public static LoadBalancing of(LbPolicy policy, int panicThresholdPercent) {
    return new LoadBalancing(
        policy, LocalityBalancing.None.INSTANCE, Subsets.NONE, panicThresholdPercent, USABLE);
  }

  /** The same with other localities. */
  public LoadBalancing withLocalities(LocalityBalancing next) {
    return new LoadBalancing(policy, next, subsets, panicThresholdPercent, overrideHostStatuses);
  }

  /** The same, divided. */
  public LoadBalancing withSubsets(Subsets next) {
    return new LoadBalancing(policy, localities, next, panicThresholdPercent, overrideHostStatuses);
  }

  /** The same with other hosts that a call may ask for. */
  public LoadBalancing withOverrideHostStatuses(Set<HealthStatus> next) {
    return new LoadBalancing(policy, localities, subsets, panicThresholdPercent, next);
  }
}
