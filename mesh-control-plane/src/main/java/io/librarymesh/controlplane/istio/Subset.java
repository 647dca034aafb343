package io.librarymesh.controlplane.istio;

import java.util.Map;
import java.util.Optional;

/**
 * A named group of a service's endpoints; Istio's {@code Subset}.
 *
 * @param position where the subset begins
 * @param name a DNS label, unique within its rule
 * @param labels labels that an endpoint must carry; empty takes all endpoints
 * @param trafficPolicy blocks that replace those of the rule
 */
public record Subset(
    SourcePosition position,
    String name,
    Map<String, String> labels,
    Optional<TrafficPolicy> trafficPolicy) {

  /** Copies the map, keeping its order. */
  public Subset {
    labels = Copies.ordered(labels);
  }
}
