package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Policies and subsets of a destination host; {@code networking.istio.io/DestinationRule}.
 *
 * @param position where the document begins
 * @param metadata name and namespace; a short host is expanded with this namespace
 * @param host the host as written, wildcard allowed
 * @param exportTo namespaces that see the rule; empty means the mesh default
 * @param workloadSelector labels that a client workload of the same namespace must carry for the
 *     rule to apply; absent means every client
 * @param trafficPolicy policy of every subset and of the whole service
 * @param subsets named groups of endpoints; names are unique
 */
public record DestinationRule(
    SourcePosition position,
    Metadata metadata,
    String host,
    List<String> exportTo,
    Optional<Map<String, String>> workloadSelector,
    Optional<TrafficPolicy> trafficPolicy,
    List<Subset> subsets)
    implements Resource {

  /** Copies the collections. */
  public DestinationRule {
    exportTo = List.copyOf(exportTo);
    workloadSelector = workloadSelector.map(Copies::ordered);
    subsets = List.copyOf(subsets);
  }

  @Override
  public Kind kind() {
    return Kind.DESTINATION_RULE;
  }
}
