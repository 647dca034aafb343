package io.librarymesh.testkit.conformance;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.Subsets;
import io.librarymesh.config.Subsets.Fallback;
import io.librarymesh.config.Subsets.FewerKeys;
import io.librarymesh.config.Subsets.LocalityWeights;
import io.librarymesh.config.Subsets.Same;
import io.librarymesh.config.Subsets.Selector;
import io.librarymesh.config.Subsets.SelectorFallback;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads how a cluster is divided, and what a route asks for. Defaults are Envoy's. */
final class SubsetReader {
  private SubsetReader() {}

  static Subsets subsets(CaseNode node) {
    CaseFields fields = node.fields();
    List<Selector> selectors = fields.required("selectors").items(SubsetReader::selector);
    Fallback fallback =
        fields.read("fallback", Fallback.NO_FALLBACK, value -> value.constant(Fallback.class));
    Metadata usual = metadata(fields, "defaultSubset");
    boolean anyInPanic = fields.flag("anyInPanic", false);
    boolean lists = fields.flag("listsAreAlternatives", false);
    LocalityWeights weights =
        fields.read(
            "localityWeights",
            LocalityWeights.LEFT_OUT,
            value -> value.constant(LocalityWeights.class));
    boolean fallbackList = fields.flag("fallbackList", false);
    boolean redundantKeys = fields.flag("redundantKeys", false);
    fields.end();
    return new Subsets(
        selectors, fallback, usual, anyInPanic, lists, weights, fallbackList, redundantKeys);
  }

  static Metadata metadata(CaseFields fields, String name) {
    return Metadata.of(fields.read(name, Map.of(), HostReader::metadata));
  }

  private static Selector selector(CaseNode node) {
    CaseFields fields = node.fields();
    Set<String> keys = Set.copyOf(fields.required("keys").items(CaseNode::text));
    Optional<SelectorFallback> fallback = fields.optional("fallback").map(SubsetReader::fallback);
    boolean single = fields.flag("singleHost", false);
    fields.end();
    return node.check(place -> new Selector(keys, fallback, single));
  }

  /** A list of keys, or one of Envoy's words. */
  private static SelectorFallback fallback(CaseNode node) {
    return node.isList()
        ? new FewerKeys(Set.copyOf(node.items(CaseNode::text)))
        : new Same(node.constant(Fallback.class));
  }
}
