package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.StringMatch;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.QueryParameterMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.Optional;
import java.util.TreeMap;

/** One alternative of a rule as Envoy's RouteMatch. */
final class MatchTranslation {

  /** Matches every path; case is said to matter because gRPC reads silence as the opposite. */
  static final RouteMatch ANYTHING =
      RouteMatch.newBuilder().setPrefix("/").setCaseSensitive(BoolValue.of(true)).build();

  /** Istio reads this regular expression, which RE2 has not, as "present". */
  private static final String ANY_VALUE = "*";

  private MatchTranslation() {}

  static RouteMatch translate(HttpMatchRequest match) {
    RouteMatch.Builder result = path(match.uri()).toBuilder();
    new TreeMap<>(match.headers()).forEach((name, value) -> result.addHeaders(header(name, value)));
    new TreeMap<>(match.withoutHeaders())
        .forEach((name, value) -> result.addHeaders(absent(name, value)));
    match.method().ifPresent(value -> result.addHeaders(header(":method", value)));
    match.authority().ifPresent(value -> result.addHeaders(header(":authority", value)));
    match.scheme().ifPresent(value -> result.addHeaders(header(":scheme", value)));
    new TreeMap<>(match.queryParams())
        .forEach((name, value) -> result.addQueryParameters(parameter(name, value)));
    return result.build();
  }

  private static RouteMatch path(Optional<HttpMatchRequest.UriMatch> uri) {
    if (uri.isEmpty()) {
      return ANYTHING;
    }
    RouteMatch.Builder path =
        RouteMatch.newBuilder().setCaseSensitive(BoolValue.of(!uri.get().ignoreUriCase()));
    StringMatch match = uri.get().match();
    if (match instanceof StringMatch.Exact exact) {
      path.setPath(exact.value());
    } else if (match instanceof StringMatch.Prefix prefix) {
      path.setPrefix(prefix.value());
    } else if (match instanceof StringMatch.PathPrefix prefix) {
      path.setPathSeparatedPrefix(prefix.value());
    } else if (match instanceof StringMatch.Regex regex) {
      path.setSafeRegex(regex(regex.value()));
    } else {
      path.setPrefix("/");
    }
    return path.build();
  }

  private static HeaderMatcher header(String name, StringMatch value) {
    HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(name);
    return (isPresence(value)
            ? matcher.setPresentMatch(true)
            : matcher.setStringMatch(string(value)))
        .build();
  }

  /** For this a missing header has the empty value, which the condition may forbid. */
  private static HeaderMatcher absent(String name, StringMatch value) {
    HeaderMatcher.Builder matcher = header(name, value).toBuilder().setInvertMatch(true);
    return (isPresence(value) ? matcher : matcher.setTreatMissingHeaderAsEmpty(true)).build();
  }

  private static QueryParameterMatcher parameter(String name, StringMatch value) {
    QueryParameterMatcher.Builder matcher = QueryParameterMatcher.newBuilder().setName(name);
    return (isPresence(value)
            ? matcher.setPresentMatch(true)
            : matcher.setStringMatch(string(value)))
        .build();
  }

  private static boolean isPresence(StringMatch match) {
    return match instanceof StringMatch.Present
        || (match instanceof StringMatch.Regex regex && regex.value().equals(ANY_VALUE));
  }

  static StringMatcher string(StringMatch match) {
    StringMatcher.Builder matcher = StringMatcher.newBuilder();
    if (match instanceof StringMatch.Exact exact) {
      matcher.setExact(exact.value());
    } else if (match instanceof StringMatch.Prefix prefix) {
      matcher.setPrefix(prefix.value());
    } else if (match instanceof StringMatch.Regex regex) {
      matcher.setSafeRegex(regex(regex.value()));
    }
    return matcher.build();
  }

  private static RegexMatcher regex(String regex) {
    return RegexMatcher.newBuilder().setRegex(regex).build();
  }
}
