package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.PolicyTargetReference;
import io.librarymesh.controlplane.istio.RequestAuthentication;
import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the AuthorizationPolicies and RequestAuthentications of a workload: those of its namespace
 * and those of the root namespace that select it, or select nothing. All of them are in force
 * together. Immutable; any thread.
 */
final class SecurityPolicyIndex {
  private static final String KEY = "policies|";

  private final String rootNamespace;
  private final Map<String, List<Entry>> byNamespace = new HashMap<>();

  private record Entry(
      Resource policy, Map<String, String> selector, List<PolicyTargetReference> targets) {}

  SecurityPolicyIndex(Collection<Resource> resources, String rootNamespace) {
    this.rootNamespace = rootNamespace;
    resources.stream()
        .sorted(OldestFirst.ORDER)
        .forEach(
            resource ->
                entry(resource)
                    .filter(entry -> entry.targets().isEmpty())
                    .ifPresent(
                        entry ->
                            byNamespace
                                .computeIfAbsent(
                                    resource.metadata().namespace(), n -> new ArrayList<>(1))
                                .add(entry)));
  }

  private static Optional<Entry> entry(Resource resource) {
    if (resource instanceof AuthorizationPolicy policy) {
      return Optional.of(new Entry(policy, policy.selector(), policy.targetRefs()));
    } else if (resource instanceof RequestAuthentication policy) {
      return Optional.of(new Entry(policy, policy.selector(), policy.targetRefs()));
    }
    return Optional.empty();
  }

  /** The labels that a policy selects by; empty for what is no such policy. */
  static Map<String, String> selector(Resource resource) {
    return entry(resource).map(Entry::selector).orElse(Map.of());
  }

  /** What changes with a policy, for {@link PushContext#changedHosts}; none for other resources. */
  static List<String> keys(Resource resource) {
    return entry(resource).isPresent() ? List.of(key(resource.metadata().namespace())) : List.of();
  }

  /** What translations depend on that ask for the policies of a namespace. */
  static String key(String namespace) {
    return KEY + namespace.toLowerCase(Locale.ROOT);
  }

  /** Those that say whose tokens are accepted, of all workloads. */
  List<RequestAuthentication> requestAuthentications() {
    return byNamespace.values().stream()
        .flatMap(List::stream)
        .map(Entry::policy)
        .filter(RequestAuthentication.class::isInstance)
        .map(RequestAuthentication.class::cast)
        .sorted(OldestFirst.ORDER)
        .toList();
  }

  /** Those of a workload, those of the root namespace first, the older ones before others. */
  WorkloadPolicies of(String namespace, Map<String, String> labels) {
    List<AuthorizationPolicy> authorization = new ArrayList<>();
    List<RequestAuthentication> authentication = new ArrayList<>();
    List<String> namespaces =
        namespace.equals(rootNamespace) ? List.of(namespace) : List.of(rootNamespace, namespace);
    for (String each : namespaces) {
      for (Entry entry : byNamespace.getOrDefault(each, List.of())) {
        if (!labels.entrySet().containsAll(entry.selector().entrySet())) {
          continue;
        }
        if (entry.policy() instanceof AuthorizationPolicy policy) {
          authorization.add(policy);
        } else if (entry.policy() instanceof RequestAuthentication policy) {
          authentication.add(policy);
        }
      }
    }
    return new WorkloadPolicies(authorization, authentication);
  }

  /** The policies of one workload. */
  record WorkloadPolicies(
      List<AuthorizationPolicy> authorization, List<RequestAuthentication> authentication) {
    boolean isEmpty() {
      return authorization.isEmpty() && authentication.isEmpty();
    }
  }
}
