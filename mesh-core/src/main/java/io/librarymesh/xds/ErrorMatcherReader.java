package io.librarymesh.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.config.StatusCodes;
import io.librarymesh.proto.envoy.config.common.matcher.v3.HttpHeadersMatch;
import io.librarymesh.proto.envoy.config.common.matcher.v3.MatchPredicate;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Reads which answers outlier detection takes for failures. Source: Envoy {@code
 * HttpProtocolOptions.outlier_detection.error_matcher}, of which conditions on {@code :status} are
 * carried out: that is all that Istio writes.
 *
 * <p>The field is younger than the messages this project is built from, so it is found by its
 * number.
 */
final class ErrorMatcherReader {
  /** {@code HttpProtocolOptions.outlier_detection}. */
  static final int OUTLIER_DETECTION = 8;

  /** {@code HttpProtocolOptions.OutlierDetection.error_matcher}. */
  static final int ERROR_MATCHER = 1;

  private static final int FIRST_STATUS = 100;
  private static final int LAST_STATUS = 599;

  private ErrorMatcherReader() {}

  static StatusCodes read(HttpProtocolOptions options, FieldPath parent, Findings findings) {
    FieldPath at = parent.field("outlier_detection");
    List<ByteString> messages = bytes(options.getUnknownFields(), OUTLIER_DETECTION);
    if (messages.isEmpty()) {
      return StatusCodes.SERVER_ERRORS;
    }
    try {
      UnknownFieldSet detection = UnknownFieldSet.parseFrom(last(messages));
      List<ByteString> matchers = bytes(detection, ERROR_MATCHER);
      return matchers.isEmpty()
          ? StatusCodes.SERVER_ERRORS
          : codes(MatchPredicate.parseFrom(last(matchers)), at.field("error_matcher"), findings);
    } catch (InvalidProtocolBufferException e) {
      findings.error(at, e.getMessage() + " (expected: an OutlierDetection)");
      return StatusCodes.SERVER_ERRORS;
    }
  }

  private static List<ByteString> bytes(UnknownFieldSet fields, int number) {
    return fields.getField(number).getLengthDelimitedList();
  }

  private static ByteString last(List<ByteString> values) {
    return values.get(values.size() - 1);
  }

  private static StatusCodes codes(MatchPredicate matcher, FieldPath at, Findings findings) {
    IntPredicate predicate = predicate(matcher, at, findings);
    List<Integer> codes = new ArrayList<>();
    for (int status = FIRST_STATUS; status <= LAST_STATUS; status++) {
      if (predicate.test(status)) {
        codes.add(status);
      }
    }
    return StatusCodes.of(codes);
  }

  private static IntPredicate predicate(MatchPredicate matcher, FieldPath at, Findings findings) {
    return switch (matcher.getRuleCase()) {
      case OR_MATCH ->
          predicates(matcher.getOrMatch().getRulesList(), at.field("or_match"), findings).stream()
              .reduce(status -> false, IntPredicate::or);
      case AND_MATCH ->
          predicates(matcher.getAndMatch().getRulesList(), at.field("and_match"), findings).stream()
              .reduce(status -> true, IntPredicate::and);
      case NOT_MATCH -> predicate(matcher.getNotMatch(), at.field("not_match"), findings).negate();
      case ANY_MATCH -> status -> true;
      case HTTP_RESPONSE_HEADERS_MATCH ->
          headers(
              matcher.getHttpResponseHeadersMatch(),
              at.field("http_response_headers_match"),
              findings);
      case HTTP_REQUEST_HEADERS_MATCH,
          HTTP_REQUEST_TRAILERS_MATCH,
          HTTP_RESPONSE_TRAILERS_MATCH,
          RULE_NOT_SET -> {
        findings.error(
            at,
            matcher.getRuleCase().name().toLowerCase(Locale.ROOT)
                + " (expected: a condition on the status of an answer)");
        yield status -> false;
      }
    };
  }

  private static List<IntPredicate> predicates(
      List<MatchPredicate> rules, FieldPath parent, Findings findings) {
    List<IntPredicate> predicates = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      predicates.add(predicate(rules.get(i), parent.element("rules", i), findings));
    }
    return predicates;
  }

  /** All conditions must hold. */
  private static IntPredicate headers(HttpHeadersMatch match, FieldPath parent, Findings findings) {
    IntPredicate all = status -> true;
    for (int i = 0; i < match.getHeadersCount(); i++) {
      all = all.and(header(match.getHeaders(i), parent.element("headers", i), findings));
    }
    return all;
  }

  private static IntPredicate header(HeaderMatcher matcher, FieldPath at, Findings findings) {
    FieldUse.requireKnown(matcher, at, findings);
    if (!matcher.getName().equals(":status")) {
      findings.error(at.field("name"), matcher.getName() + " (expected: :status)");
      return status -> false;
    }
    IntPredicate value = value(matcher, at, findings);
    return matcher.getInvertMatch() ? value.negate() : value;
  }

  private static IntPredicate value(HeaderMatcher matcher, FieldPath at, Findings findings) {
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case STRING_MATCH -> text(matcher.getStringMatch(), at.field("string_match"), findings);
      case EXACT_MATCH -> status -> Integer.toString(status).equals(matcher.getExactMatch());
      case PREFIX_MATCH -> status -> Integer.toString(status).startsWith(matcher.getPrefixMatch());
      case SUFFIX_MATCH -> status -> Integer.toString(status).endsWith(matcher.getSuffixMatch());
      case CONTAINS_MATCH ->
          status -> Integer.toString(status).contains(matcher.getContainsMatch());
      case RANGE_MATCH ->
          status ->
              status >= matcher.getRangeMatch().getStart()
                  && status < matcher.getRangeMatch().getEnd();
      case PRESENT_MATCH -> status -> matcher.getPresentMatch();
      case HEADERMATCHSPECIFIER_NOT_SET -> status -> true;
      case SAFE_REGEX_MATCH -> unreadable("safe_regex_match", at, findings);
    };
  }

  private static IntPredicate text(StringMatcher matcher, FieldPath at, Findings findings) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> status -> Integer.toString(status).equals(matcher.getExact());
      case PREFIX -> status -> Integer.toString(status).startsWith(matcher.getPrefix());
      case SUFFIX -> status -> Integer.toString(status).endsWith(matcher.getSuffix());
      case CONTAINS -> status -> Integer.toString(status).contains(matcher.getContains());
      case SAFE_REGEX -> unreadable("safe_regex", at, findings);
      case MATCHPATTERN_NOT_SET -> unreadable("no pattern", at, findings);
    };
  }

  private static IntPredicate unreadable(String what, FieldPath at, Findings findings) {
    findings.error(at, what + " (expected: exact, prefix, suffix, contains or a range)");
    return status -> false;
  }
}
