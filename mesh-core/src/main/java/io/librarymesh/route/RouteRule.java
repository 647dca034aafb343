package io.librarymesh.route;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.route.RouteExplanation.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One route: what is left to be asked of a request after the index has looked at its path. */
final class RouteRule {
  private static final int NO_SEPARATOR = -1;

  private final RouteDecision.Matched matched;
  private final int separatorAt;
  private final TextMatcher.@Nullable Regex regex;
  private final HeaderMatcher[] headers;
  private final QueryParameterMatcher[] queryParameters;
  private final int shareNumerator;
  private final int shareDenominator;

  private RouteRule(
      RouteDecision.Matched matched,
      TextMatcher.@Nullable Regex regex,
      List<HeaderMatcher> headers,
      List<QueryParameterMatcher> queryParameters) {
    RouteMatch match = matched.route().match();
    this.matched = matched;
    this.separatorAt =
        match.path() instanceof PathMatch.SeparatedPrefix prefix
            ? prefix.value().length()
            : NO_SEPARATOR;
    this.regex = regex;
    this.headers = headers.toArray(HeaderMatcher[]::new);
    this.queryParameters = queryParameters.toArray(QueryParameterMatcher[]::new);
    this.shareNumerator = match.fraction().numerator();
    this.shareDenominator = match.fraction().denominator();
  }

  /**
   * Compiles a route.
   *
   * @param at the path of its match
   * @param errors gets what is wrong; if anything is, the result must not be used
   */
  static RouteRule compile(RouteDecision.Matched matched, String at, ConfigErrors errors) {
    RouteMatch match = matched.route().match();
    List<TextMatcher.Regex> regex = new ArrayList<>();
    errors.collect(at + ".path", () -> compilePath(match.path(), regex));
    List<HeaderMatcher> headers = new ArrayList<>();
    for (int i = 0; i < match.headers().size(); i++) {
      var header = match.headers().get(i);
      errors.collect(at + ".headers[" + i + "]", () -> headers.add(HeaderMatcher.compile(header)));
    }
    List<QueryParameterMatcher> parameters = new ArrayList<>();
    for (int i = 0; i < match.queryParameters().size(); i++) {
      var parameter = match.queryParameters().get(i);
      errors.collect(
          at + ".queryParameters[" + i + "]",
          () -> parameters.add(QueryParameterMatcher.compile(parameter)));
    }
    return new RouteRule(matched, regex.isEmpty() ? null : regex.get(0), headers, parameters);
  }

  private static void compilePath(PathMatch path, List<TextMatcher.Regex> regex) {
    if (path instanceof PathMatch.Regex expression) {
      regex.add(TextMatcher.Regex.compile(expression.regex()));
    } else if (path instanceof PathMatch.SeparatedPrefix prefix) {
      String value = prefix.value();
      if (value.isEmpty() || value.endsWith("/") || value.contains("?") || value.contains("#")) {
        throw new IllegalArgumentException(
            "\"" + value + "\" (expected: a prefix without ? and # that does not end with /)");
      }
    }
  }

  RouteDecision.Matched matched() {
    return matched;
  }

  /** Whether some of the requests that meet the other conditions match, and some do not. */
  boolean drawsFraction() {
    return shareNumerator > 0 && shareNumerator < shareDenominator;
  }

  /**
   * Whether a request matches whose path the index has found.
   *
   * @param end where the path ends in {@code path}: before the query
   * @param chance the request's draw below one million
   */
  boolean matches(RequestHead head, String path, int end, int chance) {
    return pathMatches(path, end)
        && headersMatch(head)
        && (queryParameters.length == 0 || queryMatches(path, end))
        && shareMatches(chance);
  }

  // A division would cost as much as the rest, and nearly all routes match always.
  private boolean shareMatches(int chance) {
    return shareNumerator >= shareDenominator || chance % shareDenominator < shareNumerator;
  }

  private boolean pathMatches(String path, int end) {
    if (separatorAt != NO_SEPARATOR) {
      return end == separatorAt || path.charAt(separatorAt) == '/';
    }
    return regex == null || regex.matches(path, 0, end);
  }

  private boolean headersMatch(RequestHead head) {
    for (HeaderMatcher header : headers) {
      if (!header.matches(head)) {
        return false;
      }
    }
    return true;
  }

  private boolean queryMatches(String path, int end) {
    int fragment = path.indexOf('#', end);
    int queryEnd = fragment < 0 ? path.length() : fragment;
    int queryStart = Math.min(end + 1, queryEnd);
    for (QueryParameterMatcher parameter : queryParameters) {
      if (!parameter.matches(path, queryStart, queryEnd)) {
        return false;
      }
    }
    return true;
  }

  /** What becomes of a request that reaches this rule, and why. */
  RouteExplanation.Tried explain(RequestHead head, String path, int end) {
    RouteMatch match = matched.route().match();
    if (!fits(match.path(), path, end)) {
      return passedOver(ConditionText.path(match.path(), path.substring(0, end)));
    }
    for (int i = 0; i < headers.length; i++) {
      if (!headers[i].matches(head)) {
        return passedOver(ConditionText.header(match.headers().get(i), headers[i].text(head)));
      }
    }
    if (!queryMatches(path, end)) {
      return passedOver(queryMismatch(match, path, end));
    }
    if (shareNumerator == 0) {
      return passedOver("share: 0 of " + shareDenominator);
    }
    return drawsFraction()
        ? new RouteExplanation.Tried(
            matched, Verdict.SHARE, "share: " + shareNumerator + " of " + shareDenominator)
        : new RouteExplanation.Tried(matched, Verdict.TAKEN, "");
  }

  private RouteExplanation.Tried passedOver(String reason) {
    return new RouteExplanation.Tried(matched, Verdict.PASSED_OVER, reason);
  }

  private String queryMismatch(RouteMatch match, String path, int end) {
    String query = path.substring(Math.min(end + 1, path.length()));
    for (int i = 0; i < queryParameters.length; i++) {
      if (!queryParameters[i].matches(path, Math.min(end + 1, path.length()), path.length())) {
        return ConditionText.queryParameter(match.queryParameters().get(i), query);
      }
    }
    return "query: " + query;
  }

  /** What the index knows of a path when it hands out candidates, asked of one rule. */
  private boolean fits(PathMatch match, String path, int end) {
    if (match instanceof PathMatch.Prefix prefix) {
      return startsWith(path, end, prefix.value(), prefix.caseSensitive());
    }
    if (match instanceof PathMatch.SeparatedPrefix prefix) {
      return startsWith(path, end, prefix.value(), prefix.caseSensitive())
          && pathMatches(path, end);
    }
    if (match instanceof PathMatch.Exact exact) {
      return exact.value().length() == end
          && startsWith(path, end, exact.value(), exact.caseSensitive());
    }
    return pathMatches(path, end);
  }

  private static boolean startsWith(String path, int end, String prefix, boolean caseSensitive) {
    if (prefix.length() > end) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      char a = path.charAt(i);
      char b = prefix.charAt(i);
      if (a != b && (caseSensitive || AsciiCase.fold(a) != AsciiCase.fold(b))) {
        return false;
      }
    }
    return true;
  }
}
