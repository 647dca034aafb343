package io.librarymesh.config;

/**
 * How the calls to a cluster are spread over its hosts. Source: Envoy {@code Cluster.lb_policy},
 * {@code common_lb_config} and {@code load_balancing_policy}.
 *
 * @param subsets how the hosts are divided before any of that
 * @param panicThresholdPercent below this share of healthy hosts all hosts are used; 0 switches
 *     that off
 */
public record LoadBalancing(
    LbPolicy policy, LocalityBalancing localities, Subsets subsets, int panicThresholdPercent) {
  /** Envoy's default: round robin, and panic below one half. */
  public static final LoadBalancing DEFAULT = of(LbPolicy.RoundRobin.DEFAULT, 50);

  public LoadBalancing {
    Ranges.requirePercent("panicThresholdPercent", panicThresholdPercent);
  }

  /** A policy and nothing that Envoy does not do by itself. */
  public static LoadBalancing of(LbPolicy policy, int panicThresholdPercent) {
    return new LoadBalancing(
        policy, LocalityBalancing.None.INSTANCE, Subsets.NONE, panicThresholdPercent);
  }

  /** The same with other localities. */
  public LoadBalancing withLocalities(LocalityBalancing next) {
    return new LoadBalancing(policy, next, subsets, panicThresholdPercent);
  }

  /** The same, divided. */
  public LoadBalancing withSubsets(Subsets next) {
    return new LoadBalancing(policy, localities, next, panicThresholdPercent);
  }
}
