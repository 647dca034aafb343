package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * Zone aware routing; Istio's {@code ZoneAwareLoadBalancerSetting}.
 *
 * @param enabled false switches it off
 * @param failover where a region's traffic goes when it fails
 * @param failoverPriority labels whose equality decides priority, most important first
 * @param minClusterSize endpoints below which it does not act; absent means 6
 */
public record ZoneAwareLbSetting(
    Optional<Boolean> enabled,
    List<LocalityLbSetting.Failover> failover,
    List<String> failoverPriority,
    Optional<Long> minClusterSize) {

  /** Copies the lists. */
  public ZoneAwareLbSetting {
    failover = List.copyOf(failover);
    failoverPriority = List.copyOf(failoverPriority);
  }
}
