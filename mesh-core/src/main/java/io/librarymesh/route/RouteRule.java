package io.librarymesh.route;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RouteMatch;
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
}
