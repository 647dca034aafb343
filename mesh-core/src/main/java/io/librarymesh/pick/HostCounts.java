package io.librarymesh.pick;

/**
 * How many hosts a cluster has, for messages.
 *
 * @param total all hosts of all priorities
 * @param healthy hosts that are picked first
 * @param degraded hosts that are picked when too few are healthy
 * @param ejected hosts that outlier detection has taken out; in neither of the two above
 */
public record HostCounts(int total, int healthy, int degraded, int ejected) {
  /** Hosts that the control plane calls unhealthy and that are not ejected. */
  public int unhealthy() {
    return total - healthy - degraded - ejected;
  }
}
