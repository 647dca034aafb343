package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpMatchRequest.UriMatch;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.StringMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the matches of a delegate's rule together with those of the rule that delegates.
 *
 * <p>Each alternative of the delegate narrows each alternative of the root that it does not
 * contradict. Whether one narrows the other is decided from the texts of both: equal values, a
 * prefix that goes on; never with an expression, and never with a mere presence.
 *
 * <p>Source: Istio {@code mergeHTTPMatchRequests}, {@code hasConflict}.
 */
final class MatchMerge {

  private MatchMerge() {}

  /**
   * The alternatives of the merged rule.
   *
   * @return empty when an alternative of the delegate contradicts all of the root's, which drops
   *     its whole rule; an empty list matches everything
   */
  static Optional<List<HttpMatchRequest>> of(
      List<HttpMatchRequest> root, List<HttpMatchRequest> leaf) {
    if (root.isEmpty() || leaf.isEmpty()) {
      return Optional.of(root.isEmpty() ? leaf : root);
    }
    List<HttpMatchRequest> merged = new ArrayList<>();
    for (HttpMatchRequest narrower : leaf) {
      List<HttpMatchRequest> compatible =
          root.stream()
              .filter(wider -> !conflict(wider, narrower))
              .map(wider -> merge(wider, narrower))
              .toList();
      if (compatible.isEmpty()) {
        return Optional.empty();
      }
      merged.addAll(compatible);
    }
    return Optional.of(merged);
  }

  /** The names of both, with a dash between when there are two. */
  static String joined(String root, String leaf) {
    return root.isEmpty() || leaf.isEmpty() ? root + leaf : root + "-" + leaf;
  }

  private static boolean conflict(HttpMatchRequest root, HttpMatchRequest leaf) {
    return conflict(root.uri().map(UriMatch::match), leaf.uri().map(UriMatch::match))
        || conflict(root.scheme(), leaf.scheme())
        || conflict(root.method(), leaf.method())
        || conflict(root.authority(), leaf.authority())
        || conflict(root.headers(), leaf.headers())
        || conflict(root.withoutHeaders(), leaf.withoutHeaders())
        || conflict(root.queryParams(), leaf.queryParams())
        || ignoresCase(root) != ignoresCase(leaf)
        || conflict(root.scope(), leaf.scope());
  }

  private static boolean ignoresCase(HttpMatchRequest match) {
    return match.uri().map(UriMatch::ignoreUriCase).orElse(false);
  }

  private static boolean conflict(MatchScope root, MatchScope leaf) {
    return differ(root.port(), leaf.port())
        || (root.sourceNamespace().isPresent()
            && !root.sourceNamespace().equals(leaf.sourceNamespace()))
        || leaf.sourceLabels().entrySet().stream()
            .anyMatch(
                e ->
                    !e.getValue()
                        .equals(root.sourceLabels().getOrDefault(e.getKey(), e.getValue())))
        || (!root.gateways().isEmpty() && !root.gateways().containsAll(leaf.gateways()));
  }

  private static boolean differ(Optional<Integer> root, Optional<Integer> leaf) {
    return root.isPresent() && leaf.isPresent() && !root.equals(leaf);
  }

  private static boolean conflict(Map<String, StringMatch> root, Map<String, StringMatch> leaf) {
    return leaf.entrySet().stream()
        .anyMatch(
            e -> conflict(Optional.ofNullable(root.get(e.getKey())), Optional.of(e.getValue())));
  }

  /** Whether the leaf's condition is not known to narrow the root's. */
  private static boolean conflict(Optional<StringMatch> root, Optional<StringMatch> leaf) {
    if (root.isEmpty() || leaf.isEmpty()) {
      return false;
    }
    if (root.get() instanceof StringMatch.Exact) {
      return !root.equals(leaf);
    }
    return !(root.get() instanceof StringMatch.Prefix prefix)
        || text(leaf.get()).filter(value -> value.startsWith(prefix.value())).isEmpty();
  }

  private static Optional<String> text(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return Optional.of(exact.value());
    }
    return match instanceof StringMatch.Prefix prefix
        ? Optional.of(prefix.value())
        : Optional.empty();
  }

  private static HttpMatchRequest merge(HttpMatchRequest root, HttpMatchRequest leaf) {
    return new HttpMatchRequest(
        leaf.position(),
        joined(root.name(), leaf.name()),
        leaf.statPrefix().isEmpty() ? root.statPrefix() : leaf.statPrefix(),
        merge(root.scope(), leaf.scope()),
        leaf.uri().or(root::uri),
        leaf.scheme().or(root::scheme),
        leaf.method().or(root::method),
        leaf.authority().or(root::authority),
        union(root.headers(), leaf.headers()),
        union(root.withoutHeaders(), leaf.withoutHeaders()),
        union(root.queryParams(), leaf.queryParams()));
  }

  private static MatchScope merge(MatchScope root, MatchScope leaf) {
    return new MatchScope(
        leaf.port().or(root::port),
        union(root.sourceLabels(), leaf.sourceLabels()),
        leaf.sourceNamespace().or(root::sourceNamespace),
        leaf.gateways().isEmpty() ? root.gateways() : leaf.gateways());
  }

  private static <V> Map<String, V> union(Map<String, V> root, Map<String, V> leaf) {
    Map<String, V> union = new LinkedHashMap<>(root);
    union.putAll(leaf);
    return union;
  }
}
