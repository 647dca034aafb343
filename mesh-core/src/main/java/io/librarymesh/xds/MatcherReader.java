package io.librarymesh.xds;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.QueryParameterMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.Set;

/**
 * Reads conditions on texts. A condition that is not understood is an error, never a warning:
 * without it the route would match too much.
 *
 * <p>Source: Envoy {@code type.matcher.v3.StringMatcher}, {@code route.v3.HeaderMatcher}, {@code
 * route.v3.QueryParameterMatcher}, {@code type.v3.FractionalPercent}.
 */
final class MatcherReader {
  private static final Set<String> PSEUDO_HEADERS =
      Set.of(":method", ":scheme", ":authority", ":path");

  private MatcherReader() {}

  static HeaderMatch header(HeaderMatcher matcher, FieldPath at, Findings findings) {
    String name = matcher.getName();
    if (name.isEmpty()) {
      findings.error(at.field("name"), "empty (expected: a header name)");
    } else if (name.startsWith(":") && !PSEUDO_HEADERS.contains(name)) {
      findings.error(
          at.field("name"), name + " (expected: :method, :scheme, :authority, :path or a header)");
    }
    FieldUse.requireKnown(matcher, at, findings);
    return new HeaderMatch(
        name,
        headerValue(matcher, at, findings),
        matcher.getInvertMatch(),
        matcher.getTreatMissingHeaderAsEmpty());
  }

  private static ValueMatch headerValue(HeaderMatcher matcher, FieldPath at, Findings findings) {
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case HEADERMATCHSPECIFIER_NOT_SET -> new ValueMatch.Present(true);
      case PRESENT_MATCH -> new ValueMatch.Present(matcher.getPresentMatch());
      case STRING_MATCH ->
          new ValueMatch.Text(text(matcher.getStringMatch(), at.field("string_match"), findings));
      case RANGE_MATCH ->
          new ValueMatch.Range(
              matcher.getRangeMatch().getStart(), matcher.getRangeMatch().getEnd());
      case EXACT_MATCH, PREFIX_MATCH, SUFFIX_MATCH, CONTAINS_MATCH, SAFE_REGEX_MATCH ->
          legacyHeaderValue(matcher, at, findings);
    };
  }

  /**
   * The fields that string_match replaced. An empty exact_match takes any value, but it is a
   * condition on a value, so that a missing header fails it even when it is inverted.
   */
  private static ValueMatch legacyHeaderValue(
      HeaderMatcher matcher, FieldPath at, Findings findings) {
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case EXACT_MATCH ->
          matcher.getExactMatch().isEmpty()
              ? new ValueMatch.Text(new StringMatch.Prefix("", false))
              : new ValueMatch.Text(new StringMatch.Exact(matcher.getExactMatch(), false));
      case PREFIX_MATCH ->
          new ValueMatch.Text(
              new StringMatch.Prefix(nonEmpty(matcher.getPrefixMatch(), at, findings), false));
      case SUFFIX_MATCH ->
          new ValueMatch.Text(
              new StringMatch.Suffix(nonEmpty(matcher.getSuffixMatch(), at, findings), false));
      case CONTAINS_MATCH ->
          new ValueMatch.Text(
              new StringMatch.Contains(nonEmpty(matcher.getContainsMatch(), at, findings), false));
      default ->
          new ValueMatch.Text(
              new StringMatch.Regex(
                  RegexReader.read(
                      matcher.getSafeRegexMatch().getRegex(),
                      at.field("safe_regex_match").field("regex"),
                      findings)));
    };
  }

  static QueryParameterMatch queryParameter(
      QueryParameterMatcher matcher, FieldPath at, Findings findings) {
    if (matcher.getName().isEmpty()) {
      findings.error(at.field("name"), "empty (expected: a parameter name)");
    }
    FieldUse.requireKnown(matcher, at, findings);
    ValueMatch value =
        switch (matcher.getQueryParameterMatchSpecifierCase()) {
          case QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> new ValueMatch.Present(true);
          case PRESENT_MATCH -> new ValueMatch.Present(matcher.getPresentMatch());
          case STRING_MATCH ->
              new ValueMatch.Text(
                  text(matcher.getStringMatch(), at.field("string_match"), findings));
        };
    return new QueryParameterMatch(matcher.getName(), value);
  }

  static StringMatch text(StringMatcher matcher, FieldPath at, Findings findings) {
    FieldUse.requireKnown(matcher, at, findings);
    boolean ignoreCase = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> new StringMatch.Exact(matcher.getExact(), ignoreCase);
      case PREFIX ->
          new StringMatch.Prefix(nonEmpty(matcher.getPrefix(), at, findings), ignoreCase);
      case SUFFIX ->
          new StringMatch.Suffix(nonEmpty(matcher.getSuffix(), at, findings), ignoreCase);
      case CONTAINS ->
          new StringMatch.Contains(nonEmpty(matcher.getContains(), at, findings), ignoreCase);
      case SAFE_REGEX ->
          new StringMatch.Regex(
              RegexReader.read(
                  matcher.getSafeRegex().getRegex(),
                  at.field("safe_regex").field("regex"),
                  findings));
      case MATCHPATTERN_NOT_SET -> {
        findings.error(at, "no pattern (expected: exact, prefix, suffix, contains or safe_regex)");
        yield new StringMatch.Exact("", false);
      }
    };
  }

  private static String nonEmpty(String pattern, FieldPath at, Findings findings) {
    if (pattern.isEmpty()) {
      findings.error(at, "empty pattern (expected: at least one character)");
    }
    return pattern;
  }

  static FractionalPercent percent(
      io.librarymesh.proto.envoy.type.v3.FractionalPercent percent,
      FieldPath at,
      Findings findings) {
    int denominator =
        switch (percent.getDenominator()) {
          case HUNDRED -> 100;
          case TEN_THOUSAND -> 10_000;
          case MILLION -> 1_000_000;
          case UNRECOGNIZED -> {
            findings.error(
                at.field("denominator"),
                percent.getDenominatorValue() + " (expected: HUNDRED, TEN_THOUSAND or MILLION)");
            yield 100;
          }
        };
    long numerator = Integer.toUnsignedLong(percent.getNumerator());
    return new FractionalPercent((int) Math.min(numerator, denominator), denominator);
  }
}
