package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.RetryPolicy.HeaderRules;
import io.librarymesh.config.RetryPolicy.RateLimitedBackOff;
import io.librarymesh.config.RetryPolicy.ResetHeader;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.ResetHeaderFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryHeadersReaderTest {
  private static final FieldPath AT = FieldPath.ROOT.field("retry_policy");

  private final Findings findings = new Findings();

  private HeaderRules read(RetryPolicy.Builder policy) {
    return RetryHeadersReader.read(policy.build(), AT, findings);
  }

  @Test
  void nothingIsSaidUnlessItIsWritten() {
    assertThat(read(RetryPolicy.newBuilder())).isEqualTo(HeaderRules.NONE);
  }

  @Test
  void headersOfAnswersAndRequests() {
    HeaderMatcher present = HeaderMatcher.newBuilder().setName("X-A").setPresentMatch(true).build();
    HeaderMatch expected = new HeaderMatch("x-a", new ValueMatch.Present(true), false, false);

    assertThat(read(RetryPolicy.newBuilder().addRetriableHeaders(present)).retriable())
        .containsExactly(expected);
    assertThat(read(RetryPolicy.newBuilder().addRetriableRequestHeaders(present)).request())
        .containsExactly(expected);
  }

  @Test
  void resetHeadersInTheirOrderFor300SecondsUnlessTold() {
    RateLimitedRetryBackOff.Builder backOff =
        RateLimitedRetryBackOff.newBuilder()
            .addResetHeaders(RetryPolicy.ResetHeader.newBuilder().setName("Retry-After"))
            .addResetHeaders(
                RetryPolicy.ResetHeader.newBuilder()
                    .setName("x-reset")
                    .setFormat(ResetHeaderFormat.UNIX_TIMESTAMP));
    List<ResetHeader> headers =
        List.of(new ResetHeader("retry-after", false), new ResetHeader("x-reset", true));

    assertThat(rateLimited(backOff)).isEqualTo(new RateLimitedBackOff(headers, 300_000_000_000L));
    assertThat(rateLimited(backOff.setMaxInterval(seconds(7))).maxNanos())
        .isEqualTo(7_000_000_000L);
    assertThat(findings.errors()).isEmpty();
  }

  @Test
  void whatIsMissingIsNamed() {
    rateLimited(RateLimitedRetryBackOff.newBuilder());
    assertThat(findings.errors())
        .containsExactly(
            "retry_policy.rate_limited_retry_back_off.reset_headers: empty (expected: at least"
                + " one)");
  }

  private RateLimitedBackOff rateLimited(RateLimitedRetryBackOff.Builder backOff) {
    return read(RetryPolicy.newBuilder().setRateLimitedRetryBackOff(backOff)).rateLimited();
  }
}
