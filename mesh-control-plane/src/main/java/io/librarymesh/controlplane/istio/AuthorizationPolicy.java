package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may call workloads, and for what; {@code security.istio.io/AuthorizationPolicy}.
 *
 * @param position where the document begins
 * @param metadata name and namespace
 * @param selector labels of the workloads that it is for, those of its namespace, or of the whole
 *     mesh in the root namespace; empty: all of them
 * @param targetRefs what it is attached to instead; such a policy is for no workload
 * @param action what becomes of a request that a rule matches
 * @param provider who decides where the action is {@code CUSTOM}
 * @param rules one of which has to match; none never do
 */
public record AuthorizationPolicy(
    SourcePosition position,
    Metadata metadata,
    Map<String, String> selector,
    List<PolicyTargetReference> targetRefs,
    Action action,
    Optional<String> provider,
    List<AuthorizationRule> rules)
    implements Resource {
  /** The annotation by which a policy is tried out and not enforced. */
  public static final String DRY_RUN = "istio.io/dry-run";

  /** What Go takes for true. */
  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");

  /** What Go takes for false. */
  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "False", "FALSE");

  /** Copies the collections. */
  public AuthorizationPolicy {
    selector = Copies.ordered(selector);
    targetRefs = List.copyOf(targetRefs);
    rules = List.copyOf(rules);
  }

  @Override
  public Kind kind() {
    return Kind.AUTHORIZATION_POLICY;
  }

  /** Whether it is only tried out. An annotation that is no boolean does not say so. */
  public boolean isDryRun() {
    return TRUE.contains(metadata.annotations().getOrDefault(DRY_RUN, ""));
  }

  static boolean isBoolean(String annotation) {
    return TRUE.contains(annotation) || FALSE.contains(annotation);
  }

  /** What becomes of a request that a rule matches. */
  public enum Action {
    /** It passes; what no policy with this action matches is denied, where there is one. */
    ALLOW,
    /** It is denied, whatever else allows it. */
    DENY,
    /** It is marked for an audit. */
    AUDIT,
    /** Somebody else is asked, before all other policies. */
    CUSTOM
  }
}
