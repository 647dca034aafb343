package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Rules of an alternative of a rule's {@code match}. */
final class HttpMatchRules {
  private static final StringMatch ANY_PATH = new StringMatch.Prefix("/");
  private static final StringMatch ANY_REGEX = new StringMatch.Regex(".*");
  private static final StringMatch LONE_STAR = new StringMatch.Regex("*");
  private static final String CLAIM = "@request.auth.claims";

  private HttpMatchRules() {}

  static void check(HttpMatchRequest match, boolean mesh, FieldPath path, ValueRules rules) {
    match.uri().ifPresent(uri -> pattern(uri.match(), path.field("uri"), rules));
    match.scheme().ifPresent(scheme -> value(scheme, path.field("scheme"), rules));
    match.method().ifPresent(method -> value(method, path.field("method"), rules));
    match.authority().ifPresent(authority -> value(authority, path.field("authority"), rules));
    headers(match.headers(), mesh, path.field("headers"), rules);
    headers(match.withoutHeaders(), mesh, path.field("withoutHeaders"), rules);
    match
        .withoutHeaders()
        .forEach(
            (name, condition) -> without(condition, path.fields("withoutHeaders", name), rules));
    match
        .queryParams()
        .forEach(
            (name, condition) -> named(condition, path.field("queryParams").field(name), rules));
    scope(match.scope(), path, rules);
    if (!match.scope().gateways().isEmpty()) {
      unseen(!match.scope().sourceLabels().isEmpty(), path.field("sourceLabels"), rules);
      unseen(match.scope().sourceNamespace().isPresent(), path.field("sourceNamespace"), rules);
    }
  }

  /** Of a header that is absent such a condition does not hold either. */
  private static void without(StringMatch condition, FieldPath path, ValueRules rules) {
    if (condition.equals(ANY_REGEX)) {
      rules
          .report()
          .suspicious(
              path.field("regex"),
              "never matches, with or without the header; write {} for absent");
    }
  }

  private static void unseen(boolean written, FieldPath path, ValueRules rules) {
    if (written) {
      rules.report().suspicious(path, "not looked at beside gateways: the rule is for all callers");
    }
  }

  /** Conditions on client and port. */
  static void scope(MatchScope scope, FieldPath path, ValueRules rules) {
    rules.port(path.field("port"), scope.port());
    rules.labels(path.field("sourceLabels"), scope.sourceLabels());
    scope
        .sourceNamespace()
        .filter(namespace -> !Names.isDnsLabel(namespace))
        .ifPresent(
            namespace -> rules.invalid(path.field("sourceNamespace"), namespace, "a namespace"));
    VirtualServiceRules.gatewayNames(scope.gateways(), path.field("gateways"), rules);
  }

  /**
   * Names the rules behind one that takes everything: of rules in order the first that matches is
   * in force.
   *
   * @param match the alternatives of a rule; none take everything
   */
  static <R> void unreachable(
      List<R> http, Function<R, List<HttpMatchRequest>> match, FieldPath path, ValueRules rules) {
    for (int i = 0; i < http.size(); i++) {
      boolean known = !rules.report().isRefusedInPart(path.index(i).field("match"));
      List<HttpMatchRequest> alternatives = match.apply(http.get(i));
      if (known
          && (alternatives.isEmpty()
              || alternatives.stream().anyMatch(HttpMatchRules::isCatchAll))) {
        for (int j = i + 1; j < http.size(); j++) {
          rules
              .report()
              .suspicious(path.index(j), "never reached: http[" + i + "] above matches everything");
        }
        return;
      }
    }
  }

  /**
   * Whether every request of a client for which the route is made matches: route generation stops
   * behind such a match. Conditions on client and port may leave other clients to later rules.
   */
  static boolean isCatchAll(HttpMatchRequest match) {
    boolean anyUri =
        match
            .uri()
            .map(HttpMatchRequest.UriMatch::match)
            .map(uri -> uri.equals(ANY_PATH) || uri.equals(ANY_REGEX))
            .orElse(true);
    return anyUri
        && match.scope().equals(MatchScope.ANY)
        && match.scheme().isEmpty()
        && match.method().isEmpty()
        && match.authority().isEmpty()
        && match.headers().isEmpty()
        && match.withoutHeaders().isEmpty()
        && match.queryParams().isEmpty();
  }

  private static void headers(
      Map<String, StringMatch> headers, boolean mesh, FieldPath path, ValueRules rules) {
    headers.forEach(
        (name, condition) -> {
          FieldPath at = path.field(name);
          String token = name.startsWith(":") ? name.substring(1) : name;
          if (name.startsWith(CLAIM)) {
            if (mesh) {
              rules.invalid(at, name, "claims only in rules of a gateway");
            } else {
              rules
                  .report()
                  .suspicious(at, "never matches: no token is checked, so nobody has claims");
            }
          } else if (!Names.isHeaderName(token)) {
            rules.invalid(at, Quoting.quote(name), "a header's name");
          }
          named(condition, at, rules);
        });
  }

  /** A condition on what may be absent; a lone star is meant for "present". */
  private static void named(StringMatch condition, FieldPath path, ValueRules rules) {
    if (condition.equals(LONE_STAR)) {
      rules.invalid(
          path.field("regex"),
          "\"*\": missing argument to repetition operator",
          "RE2 syntax, .* for any text; write {} for \"present\"");
    } else {
      value(condition, path, rules);
    }
  }

  /** A condition for which an empty prefix would be no condition. */
  private static void value(StringMatch condition, FieldPath path, ValueRules rules) {
    if (condition.equals(new StringMatch.Prefix(""))) {
      rules.invalid(path.field("prefix"), "empty", "some text; write {} for \"present\"");
    }
    pattern(condition, path, rules);
  }

  private static void pattern(StringMatch condition, FieldPath path, ValueRules rules) {
    if (condition instanceof StringMatch.Regex regex) {
      rules.regex(path.field("regex"), regex.value());
    }
  }
}
