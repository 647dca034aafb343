package io.librarymesh.xds;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.RetryPolicy.HeaderRules;
import io.librarymesh.config.RetryPolicy.RateLimitedBackOff;
import io.librarymesh.config.RetryPolicy.ResetHeader;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import java.util.ArrayList;
import java.util.List;

/** Reads what headers say of retries. Source: Envoy {@code route.v3.RetryPolicy}. */
final class RetryHeadersReader {
  private RetryHeadersReader() {}

  static HeaderRules read(RetryPolicy policy, FieldPath at, Findings findings) {
    return new HeaderRules(
        matches(policy.getRetriableHeadersList(), at, "retriable_headers", findings),
        matches(policy.getRetriableRequestHeadersList(), at, "retriable_request_headers", findings),
        policy.hasRateLimitedRetryBackOff()
            ? rateLimited(
                policy.getRateLimitedRetryBackOff(),
                at.field("rate_limited_retry_back_off"),
                findings)
            : RateLimitedBackOff.NONE);
  }

  private static List<HeaderMatch> matches(
      List<HeaderMatcher> matchers, FieldPath at, String name, Findings findings) {
    List<HeaderMatch> matches = new ArrayList<>();
    for (int i = 0; i < matchers.size(); i++) {
      matches.add(MatcherReader.header(matchers.get(i), at.element(name, i), findings));
    }
    return matches;
  }

  private static RateLimitedBackOff rateLimited(
      RetryPolicy.RateLimitedRetryBackOff backOff, FieldPath at, Findings findings) {
    List<ResetHeader> headers = new ArrayList<>();
    for (int i = 0; i < backOff.getResetHeadersCount(); i++) {
      RetryPolicy.ResetHeader header = backOff.getResetHeaders(i);
      FieldPath place = at.element("reset_headers", i);
      switch (header.getFormat()) {
        case SECONDS -> headers.add(new ResetHeader(header.getName(), false));
        case UNIX_TIMESTAMP -> headers.add(new ResetHeader(header.getName(), true));
        case UNRECOGNIZED ->
            findings.error(
                place.field("format"),
                header.getFormatValue() + " (expected: SECONDS or UNIX_TIMESTAMP)");
      }
      if (header.getName().isEmpty()) {
        findings.error(place.field("name"), "empty (expected: a header's name)");
      }
    }
    if (backOff.getResetHeadersCount() == 0) {
      findings.error(at.field("reset_headers"), "empty (expected: at least one)");
    }
    return new RateLimitedBackOff(
        headers,
        backOff.hasMaxInterval()
            ? DurationReader.positiveNanos(
                backOff.getMaxInterval(), at.field("max_interval"), findings)
            : RateLimitedBackOff.NONE.maxNanos());
  }
}
