package io.librarymesh.controlplane.istio;

/** Reads a DestinationRule. */
final class DestinationRuleBinder {
  private DestinationRuleBinder() {}

  static DestinationRule bind(Fields document, Metadata metadata, Fields spec) {
    return new DestinationRule(
        document.position(),
        metadata,
        spec.textOrEmpty("host"),
        spec.texts("exportTo"),
        spec.message("workloadSelector", selector -> selector.textMap("matchLabels")),
        spec.message("trafficPolicy", TrafficPolicyBinder::bind),
        spec.messages("subsets", DestinationRuleBinder::subset));
  }

  private static Subset subset(Fields subset) {
    return new Subset(
        subset.position(),
        subset.textOrEmpty("name"),
        subset.textMap("labels"),
        subset.message("trafficPolicy", TrafficPolicyBinder::bind));
  }
}
