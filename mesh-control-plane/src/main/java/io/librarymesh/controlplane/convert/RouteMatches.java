package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.StringMatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The matches of the rules of a VirtualService as those of an HTTPRoute.
 *
 * <p>A VirtualService tries its rules in the order of the file, an HTTPRoute the narrowest first.
 * So the paths are written as they are, or all as regular expressions, whichever keeps the order;
 * where neither does, there is no such HTTPRoute.
 */
final class RouteMatches {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final Comparator<Match> NARROWEST_FIRST =
      Comparator.comparingInt((Match m) -> -m.path().rank())
          .thenComparingInt(m -> -m.path().value().length())
          .thenComparingInt(m -> m.written().method().isPresent() ? 0 : 1)
          .thenComparingInt(m -> -m.written().headers().size())
          .thenComparingInt(m -> -m.written().queryParams().size());

  private final List<List<Match>> byRule;

  private RouteMatches(List<List<Match>> byRule) {
    this.byRule = byRule;
  }

  /** A match with the path that is written for it. */
  record Match(HttpMatchRequest written, RoutePath path) {}

  /** In the order of the rules; or, in the problems, what an HTTPRoute would try earlier. */
  static RouteMatches of(List<HttpRoute> rules, List<Outcome.Problem> problems) {
    RouteMatches near = new RouteMatches(matches(rules, false));
    RouteMatches expressions = new RouteMatches(matches(rules, true));
    if (near.firstOutOfOrder().isEmpty() || expressions.firstOutOfOrder().isPresent()) {
      near.firstOutOfOrder()
          .ifPresent(
              match ->
                  problems.add(
                      new Outcome.Problem(
                          match.written().position(),
                          "spec.http.match",
                          "an HTTPRoute tries the narrowest match first, and this one before one"
                              + " that stands above it")));
      return near;
    }
    return expressions;
  }

  private static List<List<Match>> matches(List<HttpRoute> rules, boolean expressions) {
    List<List<Match>> all = new ArrayList<>();
    for (HttpRoute rule : rules) {
      List<HttpMatchRequest> written =
          rule.match().isEmpty()
              ? List.of(HttpMatchRequest.everything(rule.position()))
              : rule.match();
      all.add(
          written.stream()
              .map(m -> new Match(m, expressions ? RoutePath.expression(m) : RoutePath.near(m)))
              .toList());
    }
    return all;
  }

  private Optional<Match> firstOutOfOrder() {
    List<Match> all = byRule.stream().flatMap(List::stream).toList();
    for (int i = 1; i < all.size(); i++) {
      if (NARROWEST_FIRST.compare(all.get(i - 1), all.get(i)) > 0) {
        return Optional.of(all.get(i));
      }
    }
    return Optional.empty();
  }

  /** Those of one rule. */
  List<Match> ofRule(int rule) {
    return byRule.get(rule);
  }

  /** As they are written, and what cannot be, in the problems. */
  static Map<String, Object> yaml(Match match, String field, List<Outcome.Problem> problems) {
    HttpMatchRequest written = match.written();
    refuse(written, field, problems);
    Map<String, Object> map = Values.of("path", match.path().yaml());
    written
        .method()
        .map(method -> method instanceof StringMatch.Exact exact ? exact.value() : "")
        .ifPresent(
            method -> {
              if (!METHODS.contains(method)) {
                problems.add(
                    problem(
                        written,
                        field + ".method",
                        "an HTTPRoute has the methods " + "of HTTP by name"));
              }
              map.put("method", method);
            });
    texts("headers", written.headers(), map);
    texts("queryParams", written.queryParams(), map);
    written.headers().keySet().stream()
        .filter(name -> name.startsWith(":") || name.startsWith("@"))
        .forEach(
            name ->
                problems.add(
                    problem(
                        written, field + ".headers", "an HTTPRoute has no " + name + " there")));
    return map;
  }

  private static void refuse(HttpMatchRequest match, String field, List<Outcome.Problem> problems) {
    List<String> fields = new ArrayList<>();
    match.scheme().ifPresent(scheme -> fields.add("scheme"));
    match.authority().ifPresent(authority -> fields.add("authority"));
    if (!match.withoutHeaders().isEmpty()) {
      fields.add("withoutHeaders");
    }
    if (!match.scope().sourceLabels().isEmpty()) {
      fields.add("sourceLabels");
    }
    match.scope().sourceNamespace().ifPresent(namespace -> fields.add("sourceNamespace"));
    if (!match.scope().gateways().isEmpty()) {
      fields.add("gateways");
    }
    if (!match.statPrefix().isEmpty()) {
      fields.add("statPrefix");
    }
    fields.forEach(
        name ->
            problems.add(problem(match, field + "." + name, "an HTTPRoute has no such condition")));
  }

  private static void texts(
      String field, Map<String, StringMatch> texts, Map<String, Object> match) {
    if (texts.isEmpty()) {
      return;
    }
    List<Object> list = new ArrayList<>();
    texts.forEach(
        (name, text) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          boolean exact = text instanceof StringMatch.Exact e && !e.value().isEmpty();
          entry.put("type", exact ? "Exact" : RoutePath.REGEX);
          entry.put("name", name);
          entry.put("value", exact ? ((StringMatch.Exact) text).value() : expression(text));
          list.add(entry);
        });
    match.put(field, list);
  }

  private static String expression(StringMatch text) {
    if (text instanceof StringMatch.Regex regex) {
      return regex.value();
    } else if (text instanceof StringMatch.Prefix prefix) {
      return RoutePath.quoted(prefix.value()) + ".*";
    }
    return text instanceof StringMatch.Exact ? "^$" : ".*";
  }

  private static Outcome.Problem problem(HttpMatchRequest at, String field, String message) {
    return new Outcome.Problem(at.position(), field, message);
  }
}
