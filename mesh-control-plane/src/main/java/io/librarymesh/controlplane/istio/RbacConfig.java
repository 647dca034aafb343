package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * For which services roles are asked, as Istio had it until 1.5: {@code
 * rbac.istio.io/v1alpha1/ClusterRbacConfig}, and {@code RbacConfig} before that. It is in force as
 * the AuthorizationPolicies that it is converted to.
 *
 * @param kind {@code CLUSTER_RBAC_CONFIG}, which beats the other, or {@code RBAC_CONFIG}
 * @param position where the document begins
 * @param metadata the name, which is {@code default}; the namespace of a ClusterRbacConfig says
 *     nothing
 * @param mode for which
 * @param inclusion with {@code ON_WITH_INCLUSION}, these
 * @param exclusion with {@code ON_WITH_EXCLUSION}, all but these
 * @param isTrial whether what would be refused is only noted
 */
public record RbacConfig(
    Kind kind,
    SourcePosition position,
    Metadata metadata,
    Mode mode,
    Target inclusion,
    Target exclusion,
    boolean isTrial)
    implements Resource {

  /** For which services roles are asked. */
  public enum Mode {
    OFF,
    ON,
    ON_WITH_INCLUSION,
    ON_WITH_EXCLUSION
  }

  /**
   * Services.
   *
   * @param services complete hosts
   * @param namespaces all of these
   */
  public record Target(List<String> services, List<String> namespaces) {
    /** None. */
    public static final Target NONE = new Target(List.of(), List.of());

    /** Copies the lists. */
    public Target {
      services = List.copyOf(services);
      namespaces = List.copyOf(namespaces);
    }
  }
}
