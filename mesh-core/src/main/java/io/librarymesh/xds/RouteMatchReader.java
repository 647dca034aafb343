package io.librarymesh.xds;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import java.util.ArrayList;
import java.util.List;

/** Reads when a route applies. Source: Envoy {@code route.v3.RouteMatch}. */
final class RouteMatchReader {
  /** What {@code grpc} asks for, as Envoy checks it. */
  private static final HeaderMatch GRPC_REQUEST =
      new HeaderMatch(
          "content-type",
          new ValueMatch.Text(new StringMatch.Regex("application/grpc(\\+.*)?")),
          false,
          false);

  private RouteMatchReader() {}

  static io.librarymesh.config.RouteMatch read(RouteMatch match, FieldPath at, Findings findings) {
    FieldUse.requireKnown(match, at, findings);
    List<HeaderMatch> headers = new ArrayList<>();
    if (match.hasGrpc()) {
      headers.add(GRPC_REQUEST);
    }
    for (int i = 0; i < match.getHeadersCount(); i++) {
      headers.add(MatcherReader.header(match.getHeaders(i), at.element("headers", i), findings));
    }
    List<QueryParameterMatch> parameters = new ArrayList<>();
    for (int i = 0; i < match.getQueryParametersCount(); i++) {
      parameters.add(
          MatcherReader.queryParameter(
              match.getQueryParameters(i), at.element("query_parameters", i), findings));
    }
    return new io.librarymesh.config.RouteMatch(
        path(match, at, findings), headers, parameters, fraction(match, at, findings));
  }

  private static FractionalPercent fraction(RouteMatch match, FieldPath at, Findings findings) {
    if (!match.hasRuntimeFraction()) {
      return FractionalPercent.ALWAYS;
    }
    return MatcherReader.percent(
        match.getRuntimeFraction().getDefaultValue(),
        at.field("runtime_fraction").field("default_value"),
        findings);
  }

  private static PathMatch path(RouteMatch match, FieldPath at, Findings findings) {
    // A wrapper that is not set reads as false, but matching is case-sensitive unless told.
    boolean caseSensitive = !match.hasCaseSensitive() || match.getCaseSensitive().getValue();
    return switch (match.getPathSpecifierCase()) {
      case PREFIX -> new PathMatch.Prefix(match.getPrefix(), caseSensitive);
      case PATH -> new PathMatch.Exact(match.getPath(), caseSensitive);
      case PATH_SEPARATED_PREFIX ->
          new PathMatch.SeparatedPrefix(separated(match, at, findings), caseSensitive);
      case SAFE_REGEX ->
          new PathMatch.Regex(
              RegexReader.read(
                  match.getSafeRegex().getRegex(),
                  at.field("safe_regex").field("regex"),
                  findings));
      case PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> {
        findings.error(
            at,
            (match.hasPathMatchPolicy() ? "path_match_policy" : "no path specifier")
                + " (expected: prefix, path, safe_regex or path_separated_prefix)");
        yield new PathMatch.Prefix("/", true);
      }
    };
  }

  private static String separated(RouteMatch match, FieldPath at, Findings findings) {
    String prefix = match.getPathSeparatedPrefix();
    boolean wellFormed =
        prefix.length() >= 2
            && !prefix.endsWith("/")
            && prefix.indexOf('?') < 0
            && prefix.indexOf('#') < 0;
    if (!wellFormed) {
      findings.error(
          at.field("path_separated_prefix"),
          prefix + " (expected: a path such as /a/b, without ?, # and a slash at its end)");
    }
    return prefix;
  }
}
