package io.librarymesh.config;

/**
 * What holds for the endpoints of a cluster as a whole. Source: Envoy {@code
 * ClusterLoadAssignment.Policy}.
 *
 * @param overprovisioningPercent how far a priority's health is stretched before load spills, 140
 *     by default
 * @param weightedPriorityHealth whether a host counts as much as it weighs when the health of a
 *     priority is worked out
 */
public record AssignmentPolicy(int overprovisioningPercent, boolean weightedPriorityHealth) {
  /** Envoy's defaults. */
  public static final AssignmentPolicy DEFAULT = new AssignmentPolicy(140, false);

  public AssignmentPolicy {
    if (overprovisioningPercent < 1) {
      throw new IllegalArgumentException(
          "overprovisioningPercent: " + overprovisioningPercent + " (expected: >= 1)");
    }
  }
}
