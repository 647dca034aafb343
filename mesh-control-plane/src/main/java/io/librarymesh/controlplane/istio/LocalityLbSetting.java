package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Preference of endpoints by place; Istio's {@code LocalityLoadBalancerSetting}.
 *
 * @param enabled false switches it off for the host; absent means true
 * @param distribute shares by locality; excludes the failover lists
 * @param failover where a region's traffic goes when it fails
 * @param failoverPriority labels whose equality decides priority, most important first
 */
public record LocalityLbSetting(
    Optional<Boolean> enabled,
    List<Distribute> distribute,
    List<Failover> failover,
    List<String> failoverPriority) {

  /** Copies the lists. */
  public LocalityLbSetting {
    distribute = List.copyOf(distribute);
    failover = List.copyOf(failover);
    failoverPriority = List.copyOf(failoverPriority);
  }

  /**
   * Shares of the traffic of one place.
   *
   * @param from the client's {@code region/zone/subzone}, trailing wildcard allowed
   * @param to shares by locality, 1 to 100, in sum 100
   */
  public record Distribute(String from, Map<String, Long> to) {

    /** Copies the map, keeping its order. */
    public Distribute {
      to = Copies.ordered(to);
    }
  }

  /** Where the traffic of region {@code from} goes when that region fails. */
  public record Failover(String from, String to) {}
}
