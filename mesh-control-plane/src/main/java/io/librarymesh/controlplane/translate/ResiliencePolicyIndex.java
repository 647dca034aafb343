package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.Resource;
import java.util.Collection;
import java.util.List;

/** The ResiliencePolicies by host. Hosts are complete and lower-case. Immutable. */
final class ResiliencePolicyIndex {

  private final HostIndex<ResiliencePolicy> index;

  ResiliencePolicyIndex(Collection<Resource> resources, String domain) {
    index =
        new HostIndex<>(
            resources.stream()
                .filter(ResiliencePolicy.class::isInstance)
                .map(ResiliencePolicy.class::cast),
            ResiliencePolicy::hosts,
            ResiliencePolicy::exportTo,
            domain);
  }

  /** The hosts of a policy, complete and lower-case. */
  static List<String> hosts(ResiliencePolicy policy, String domain) {
    return HostIndex.complete(policy.hosts(), policy, domain);
  }

  /** See {@link HostIndex#withHost}. */
  List<ResiliencePolicy> withHost(String host, String clientNamespace) {
    return index.withHost(host, clientNamespace);
  }

  /** See {@link HostIndex#mostSpecific}. */
  List<ResiliencePolicy> mostSpecific(String host, String clientNamespace) {
    return index.mostSpecific(host, clientNamespace);
  }
}
