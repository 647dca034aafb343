package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Rules of the matches of HTTPRoutes and GRPCRoutes. */
final class GatewayMatchRules {
  private static final int LONGEST_PATH = 1024;
  private static final int LONGEST_HEADER = 4096;
  private static final int LONGEST_PARAMETER = 1024;
  private static final int MOST_CONDITIONS = 16;
  private static final List<String> NOT_IN_A_PATH = List.of("//", "/./", "/../", "%2f", "%2F", "#");
  private static final Pattern PATH =
      Pattern.compile("(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+");

  private GatewayMatchRules() {}

  static void check(HttpMatchRequest match, FieldPath path, ValueRules rules) {
    // A route of gRPC has no path but a method that becomes one.
    boolean http = rules.report().isWritten(path.field("path"));
    FieldPath at = http ? path.fields("path", "value") : path.field("method");
    match.uri().map(HttpMatchRequest.UriMatch::match).ifPresent(uri -> path(uri, at, rules));
    texts(match.headers(), true, LONGEST_HEADER, path.field("headers"), rules);
    texts(match.queryParams(), false, LONGEST_PARAMETER, path.field("queryParams"), rules);
  }

  private static void path(StringMatch uri, FieldPath path, ValueRules rules) {
    if (uri instanceof StringMatch.Regex regex) {
      rules.regex(path, regex.value());
    } else if (uri instanceof StringMatch.Exact exact) {
      plain(exact.value(), path, rules);
    } else if (uri instanceof StringMatch.PathPrefix prefix) {
      plain(prefix.value(), path, rules);
    }
  }

  private static void plain(String value, FieldPath path, ValueRules rules) {
    if (!value.startsWith("/")) {
      rules.invalid(path, Quoting.quote(value), "a path that begins with '/'");
    } else if (value.length() > LONGEST_PATH) {
      rules.invalid(path, value.length() + " characters", "at most " + LONGEST_PATH);
    } else if (NOT_IN_A_PATH.stream().anyMatch(value::contains)
        || value.endsWith("/..")
        || value.endsWith("/.")
        || !PATH.matcher(value).matches()) {
      rules.invalid(
          path, Quoting.quote(value), "a path in its plain form, without //, /./, /../, %2F and #");
    }
  }

  private static void texts(
      Map<String, StringMatch> texts,
      boolean headers,
      int longest,
      FieldPath path,
      ValueRules rules) {
    if (texts.size() > MOST_CONDITIONS) {
      rules.invalid(path, texts.size(), "at most " + MOST_CONDITIONS);
    }
    texts.forEach(
        (name, match) -> {
          if (!Names.isHeaderName(name)) {
            rules.invalid(path, Quoting.quote(name), headers ? "a header's name" : "a name");
          }
          String value = match instanceof StringMatch.Exact exact ? exact.value() : "";
          if (match instanceof StringMatch.Regex regex) {
            rules.regex(path, regex.value());
          } else if (value.isEmpty() || value.length() > longest) {
            rules.invalid(
                path,
                name + ": " + Quoting.quote(value),
                "a value of 1 to " + longest + " characters");
          }
        });
  }
}
