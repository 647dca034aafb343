package io.librarymesh.config;

/**
 * What holds for the endpoints of a cluster as a whole. Source: Envoy {@code
 * ClusterLoadAssignment.Policy}.
 *
 * @param overprovisioningPercent how far a priority's health is stretched before load spills, 140
 *     by default
 * @param weightedPriorityHealth whether a host counts as much as it weighs when the health of a
 *     priority is worked out
 * @param dropOverload which share of the calls is answered with 503 instead of being sent, as long
 *     as the endpoints have too much to do; Envoy's {@code drop_overloads}
 */
public record AssignmentPolicy(
    int overprovisioningPercent, boolean weightedPriorityHealth, FractionalPercent dropOverload) {
  /** Envoy's defaults. */
  public static final AssignmentPolicy DEFAULT = new AssignmentPolicy(140, false);

  public AssignmentPolicy {
    if (overprovisioningPercent < 1) {
      throw new IllegalArgumentException(
          "overprovisioningPercent: " + overprovisioningPercent + " (expected: >= 1)");
    }
  }

  /** One that drops nothing. */
  public AssignmentPolicy(int overprovisioningPercent, boolean weightedPriorityHealth) {
    this(overprovisioningPercent, weightedPriorityHealth, FractionalPercent.NEVER);
  }
}
