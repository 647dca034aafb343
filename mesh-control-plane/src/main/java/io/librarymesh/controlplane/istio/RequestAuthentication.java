package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;

/**
 * Whose tokens workloads accept; {@code security.istio.io/RequestAuthentication}. A request without
 * a token passes, one with a bad token does not.
 *
 * @param position where the document begins
 * @param metadata name and namespace
 * @param selector labels of the workloads that it is for, those of its namespace, or of the whole
 *     mesh in the root namespace; empty: all of them
 * @param targetRefs what it is attached to instead; such a policy is for no workload
 * @param jwtRules one for each issuer; those of all policies for a workload count together
 */
public record RequestAuthentication(
    SourcePosition position,
    Metadata metadata,
    Map<String, String> selector,
    List<PolicyTargetReference> targetRefs,
    List<JwtRule> jwtRules)
    implements Resource {

  /** Copies the collections. */
  public RequestAuthentication {
    selector = Copies.ordered(selector);
    targetRefs = List.copyOf(targetRefs);
    jwtRules = List.copyOf(jwtRules);
  }

  @Override
  public Kind kind() {
    return Kind.REQUEST_AUTHENTICATION;
  }
}
