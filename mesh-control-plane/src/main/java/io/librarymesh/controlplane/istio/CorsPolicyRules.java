package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Set;

/** Rules of {@code corsPolicy}. */
final class CorsPolicyRules {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*");

  private CorsPolicyRules() {}

  static void check(CorsPolicy cors, FieldPath path, ValueRules rules) {
    for (int i = 0; i < cors.allowOrigins().size(); i++) {
      origin(cors.allowOrigins().get(i), path.field("allowOrigins").index(i), rules);
    }
    for (int i = 0; i < cors.allowMethods().size(); i++) {
      if (!METHODS.contains(cors.allowMethods().get(i))) {
        rules.invalid(
            path.field("allowMethods").index(i), cors.allowMethods().get(i), "an HTTP method or *");
      }
    }
    names(cors.allowHeaders(), path.field("allowHeaders"), rules);
    names(cors.exposeHeaders(), path.field("exposeHeaders"), rules);
    rules.duration(path.field("maxAge"), cors.maxAge());
    cors.maxAge()
        .filter(age -> age.toMillis() % 1000 != 0)
        .ifPresent(
            age -> rules.invalid(path.field("maxAge"), GoDuration.print(age), "whole seconds"));
  }

  private static void origin(StringMatch origin, FieldPath path, ValueRules rules) {
    if (origin instanceof StringMatch.Regex regex) {
      rules.regex(path.field("regex"), regex.value());
    } else if (origin.equals(new StringMatch.Exact(""))
        || origin.equals(new StringMatch.Prefix(""))
        || origin instanceof StringMatch.Present) {
      rules.missing(path, "exact, prefix or regex with some text");
    }
  }

  private static void names(List<String> names, FieldPath path, ValueRules rules) {
    for (int i = 0; i < names.size(); i++) {
      if (!Names.isHeaderName(names.get(i))) {
        rules.invalid(path.index(i), Quoting.quote(names.get(i)), "a header's name");
      }
    }
  }
}
