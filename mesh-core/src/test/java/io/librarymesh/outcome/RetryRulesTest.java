package io.librarymesh.outcome;

import static io.librarymesh.config.RetryOn.CANCELLED;
import static io.librarymesh.config.RetryOn.CONNECT_FAILURE;
import static io.librarymesh.config.RetryOn.DEADLINE_EXCEEDED;
import static io.librarymesh.config.RetryOn.ENVOY_RATELIMITED;
import static io.librarymesh.config.RetryOn.FIVE_XX;
import static io.librarymesh.config.RetryOn.GATEWAY_ERROR;
import static io.librarymesh.config.RetryOn.HTTP3_POST_CONNECT_FAILURE;
import static io.librarymesh.config.RetryOn.INTERNAL;
import static io.librarymesh.config.RetryOn.REFUSED_STREAM;
import static io.librarymesh.config.RetryOn.RESET;
import static io.librarymesh.config.RetryOn.RESET_BEFORE_REQUEST;
import static io.librarymesh.config.RetryOn.RESOURCE_EXHAUSTED;
import static io.librarymesh.config.RetryOn.RETRIABLE_4XX;
import static io.librarymesh.config.RetryOn.RETRIABLE_HEADERS;
import static io.librarymesh.config.RetryOn.RETRIABLE_STATUS_CODES;
import static io.librarymesh.config.RetryOn.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.TestRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryRulesTest {
  /** What Istio sends when nothing is said: no status code among them. */
  private static final RetryRules ISTIO_DEFAULT =
      rules(CONNECT_FAILURE, REFUSED_STREAM, UNAVAILABLE, CANCELLED, RETRIABLE_STATUS_CODES);

  @Test
  void fiveXxRetriesExactlyTheServerErrors() {
    assertThat(statusesRetriedOn(FIVE_XX))
        .containsExactlyElementsOf(IntStream.rangeClosed(500, 599).boxed().toList());
  }

  @Test
  void gatewayErrorRetriesThreeStatuses() {
    assertThat(statusesRetriedOn(GATEWAY_ERROR)).containsExactly(502, 503, 504);
  }

  @Test
  void t17Retriable4xxMeansConflictAlone() {
    assertThat(statusesRetriedOn(RETRIABLE_4XX)).containsExactly(409);
  }

  @ParameterizedTest
  @EnumSource(
      value = RetryOn.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FIVE_XX", "GATEWAY_ERROR", "RETRIABLE_4XX"})
  void otherConditionsRetryNoStatusByThemselves(RetryOn condition) {
    assertThat(statusesRetriedOn(condition)).isEmpty();
  }

  @Test
  void listedStatusCodesAreRetriedOnlyUnderTheirCondition() {
    RetryPolicy listed = policy(Set.of(RETRIABLE_STATUS_CODES), Set.of(503, 418));
    RetryPolicy unused = policy(Set.of(CONNECT_FAILURE), Set.of(503, 418));

    assertThat(statuses(RetryRules.compile(listed))).containsExactly(418, 503);
    assertThat(statuses(RetryRules.compile(unused))).isEmpty();
  }

  @Test
  void w61ARateLimitedAnswerIsNotRetriedWhateverElseIsSet() {
    Head limited = Head.of(503, "x-envoy-ratelimited", "true");
    RetryRules all =
        rules(EnumSet.complementOf(EnumSet.of(ENVOY_RATELIMITED)).toArray(RetryOn[]::new));

    assertThat(all.retriesResponse(Head.of(503))).isTrue();
    assertThat(all.retriesResponse(limited)).isFalse();
    assertThat(rules(ENVOY_RATELIMITED).retriesResponse(limited)).isTrue();
    assertThat(rules(ENVOY_RATELIMITED).retriesResponse(Head.of(503))).isFalse();
  }

  @Test
  void aRateLimitedAnswerMayHaveAnyStatus() {
    assertThat(
            rules(ENVOY_RATELIMITED).retriesResponse(Head.of(200, "x-envoy-ratelimited", "true")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "CANCELLED, 1",
    "DEADLINE_EXCEEDED, 4",
    "RESOURCE_EXHAUSTED, 8",
    "INTERNAL, 13",
    "UNAVAILABLE, 14"
  })
  void grpcConditionsRetryTheirOwnStatus(RetryOn condition, int status) {
    List<Integer> retried =
        IntStream.rangeClosed(0, 20)
            .filter(i -> rules(condition).retriesResponse(Head.trailersOnly(i)))
            .boxed()
            .toList();

    assertThat(retried).containsExactly(status);
  }

  @Test
  void w64AndT14UnavailableInHeadersIsRetried() {
    assertThat(rules(UNAVAILABLE).retriesResponse(Head.trailersOnly(14))).isTrue();
    assertThat(ISTIO_DEFAULT.retriesResponse(Head.trailersOnly(14))).isTrue();
  }

  @Test
  void w63AndT15AStatusThatIsNotInHeadersIsNotSeen() {
    assertThat(rules(UNAVAILABLE).retriesResponse(Head.of(200, "content-type", "application/grpc")))
        .isFalse();
  }

  @Test
  void aGrpcStatusThatIsNoNumberIsIgnored() {
    RetryRules rules =
        rules(CANCELLED, DEADLINE_EXCEEDED, INTERNAL, RESOURCE_EXHAUSTED, UNAVAILABLE);

    for (String status : List.of("", "x", "-1", "1.0", " 14", "99999999999999")) {
      assertThat(rules.retriesResponse(Head.of(200, "grpc-status", status))).isFalse();
    }
  }

  /** One row for each condition of section 5.3; a dash in the reference is an N. */
  @ParameterizedTest
  @CsvSource({
    // condition, connect, terminated sent/unsent, reset s/u, refused s/u, protocol s/u, timeout
    "RESET,                      Y, Y, Y, Y, Y, Y, Y, Y, Y, Y",
    "FIVE_XX,                    Y, Y, Y, Y, Y, Y, Y, Y, Y, Y",
    "GATEWAY_ERROR,              Y, Y, Y, Y, Y, Y, Y, Y, Y, Y",
    "CONNECT_FAILURE,            Y, N, N, N, N, N, N, N, N, N",
    "REFUSED_STREAM,             N, N, N, N, N, Y, Y, N, N, N",
    "RESET_BEFORE_REQUEST,       Y, N, Y, N, Y, N, Y, N, N, N",
    "RETRIABLE_4XX,              N, N, N, N, N, N, N, N, N, N",
    "RETRIABLE_STATUS_CODES,     N, N, N, N, N, N, N, N, N, N",
    "RETRIABLE_HEADERS,          N, N, N, N, N, N, N, N, N, N",
    "ENVOY_RATELIMITED,          N, N, N, N, N, N, N, N, N, N",
    "HTTP3_POST_CONNECT_FAILURE, N, N, N, N, N, N, N, N, N, N",
    "CANCELLED,                  N, N, N, N, N, N, N, N, N, N",
    "DEADLINE_EXCEEDED,          N, N, N, N, N, N, N, N, N, N",
    "INTERNAL,                   N, N, N, N, N, N, N, N, N, N",
    "RESOURCE_EXHAUSTED,         N, N, N, N, N, N, N, N, N, N",
    "UNAVAILABLE,                N, N, N, N, N, N, N, N, N, N",
  })
  void failuresAreRetriedByCondition(
      RetryOn condition,
      char connect,
      char terminatedSent,
      char terminatedUnsent,
      char resetSent,
      char resetUnsent,
      char refusedSent,
      char refusedUnsent,
      char protocolSent,
      char protocolUnsent,
      char timeout) {
    RetryRules rules = rules(condition);

    assertThat(retries(rules, TransportFailure.CONNECT_FAILURE, false)).isEqualTo(connect);
    assertThat(retries(rules, TransportFailure.CONNECTION_TERMINATION, true))
        .isEqualTo(terminatedSent);
    assertThat(retries(rules, TransportFailure.CONNECTION_TERMINATION, false))
        .isEqualTo(terminatedUnsent);
    assertThat(retries(rules, TransportFailure.REMOTE_RESET, true)).isEqualTo(resetSent);
    assertThat(retries(rules, TransportFailure.REMOTE_RESET, false)).isEqualTo(resetUnsent);
    assertThat(retries(rules, TransportFailure.REFUSED_STREAM, true)).isEqualTo(refusedSent);
    assertThat(retries(rules, TransportFailure.REFUSED_STREAM, false)).isEqualTo(refusedUnsent);
    assertThat(retries(rules, TransportFailure.PROTOCOL_ERROR, true)).isEqualTo(protocolSent);
    assertThat(retries(rules, TransportFailure.PROTOCOL_ERROR, false)).isEqualTo(protocolUnsent);
    assertThat(rules.retriesTimeout() ? 'Y' : 'N').isEqualTo(timeout);
  }

  @Test
  void w57AListedTimeoutStatusIsNoTimeout() {
    RetryRules rules = RetryRules.compile(policy(Set.of(RETRIABLE_STATUS_CODES), Set.of(504)));

    assertThat(rules.retriesTimeout()).isFalse();
    assertThat(rules.retriesResponse(Head.of(504))).isTrue();
  }

  @Test
  void t5AndT6AListedStatusReplacesConnectFailure() {
    RetryRules rules = RetryRules.compile(policy(Set.of(RETRIABLE_STATUS_CODES), Set.of(503)));

    assertThat(rules.retriesResponse(Head.of(503))).isTrue();
    assertThat(rules.retriesFailure(TransportFailure.CONNECT_FAILURE, false)).isFalse();
  }

  @Test
  void t2AndT11TheDefaultRetriesConnectFailuresAndNo503() {
    assertThat(ISTIO_DEFAULT.retriesFailure(TransportFailure.CONNECT_FAILURE, false)).isTrue();
    assertThat(ISTIO_DEFAULT.retriesFailure(TransportFailure.REFUSED_STREAM, true)).isTrue();
    assertThat(ISTIO_DEFAULT.retriesFailure(TransportFailure.CONNECTION_TERMINATION, false))
        .isFalse();
    assertThat(ISTIO_DEFAULT.retriesResponse(Head.of(503))).isFalse();
    assertThat(ISTIO_DEFAULT.retriesTimeout()).isFalse();
  }

  @Test
  void tooEarlyIsRetriedAtOnceUnlessItsCallerSentItEarly() {
    RetryRules rules = RetryRules.compile(policy(Set.of(RETRIABLE_STATUS_CODES), Set.of(425, 503)));
    RequestHead early = TestRequest.PLAIN.withHeader("early-data", "1");

    assertThat(rules.retriesAtOnce(TestRequest.PLAIN, Head.of(425))).isTrue();
    assertThat(rules.retriesResponse(TestRequest.PLAIN, Head.of(425))).isTrue();
    assertThat(rules.retriesResponse(early, Head.of(425))).isFalse();
    assertThat(rules.retriesAtOnce(TestRequest.PLAIN, Head.of(503))).isFalse();
    assertThat(rules.retriesResponse(TestRequest.PLAIN, Head.of(503))).isTrue();
    assertThat(
            rules.retriesResponse(TestRequest.PLAIN, Head.of(425, "x-envoy-ratelimited", "true")))
        .isFalse();
    assertThat(rules(RETRIABLE_STATUS_CODES).retriesAtOnce(TestRequest.PLAIN, Head.of(425)))
        .isFalse();
  }

  @Test
  void conditionsAddUp() {
    RetryRules rules = rules(RETRIABLE_4XX, CONNECT_FAILURE, UNAVAILABLE);

    assertThat(rules.retriesResponse(Head.of(409))).isTrue();
    assertThat(rules.retriesResponse(Head.trailersOnly(14))).isTrue();
    assertThat(rules.retriesFailure(TransportFailure.CONNECT_FAILURE, true)).isTrue();
    assertThat(rules.retriesResponse(Head.of(500))).isFalse();
  }

  @Test
  void nothingIsRetriedWithoutConditionsOrWithoutRetries() {
    assertThat(RetryRules.compile(RetryPolicy.NONE).isNone()).isTrue();
    assertThat(RetryRules.compile(RetryPolicy.NONE).retriesTimeout()).isFalse();
    assertThat(rules().isNone()).isTrue();
    assertThat(rules(RESET, RETRIABLE_HEADERS, HTTP3_POST_CONNECT_FAILURE).isNone()).isFalse();
    assertThat(
            RetryRules.compile(
                    new RetryPolicy(
                        Set.of(RESET_BEFORE_REQUEST),
                        Set.of(),
                        0,
                        0,
                        RetryPolicy.BackOff.DEFAULT,
                        RetryPolicy.HostSelection.ANY))
                .isNone())
        .isTrue();
    assertThat(rules(RESET).numRetries()).isEqualTo(2);
  }

  @Test
  void idempotentMethodsMayBeRepeated() {
    RetryRules rules = rules(RESET);

    for (String method : List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE")) {
      assertThat(rules.mayRepeat(request(method))).as(method).isTrue();
    }
    for (String method : List.of("POST", "PATCH", "CONNECT", "get", "PURGE")) {
      assertThat(rules.mayRepeat(request(method))).as(method).isFalse();
      assertThat(
              rules.mayRepeat(
                  TestRequest.get("/").withMethod(method).withHeader("idempotency-key", "k")))
          .as(method)
          .isTrue();
      assertThat(
              RetryRules.compile(policy(Set.of(RESET), Set.of()).forAnyMethod())
                  .mayRepeat(request(method)))
          .as(method)
          .isTrue();
    }
  }

  @Test
  void whatWasNotSentOrWasRefusedWasNotProcessed() {
    for (TransportFailure failure : TransportFailure.values()) {
      assertThat(RetryRules.mayBeProcessed(failure, false)).as("%s", failure).isFalse();
    }
    assertThat(RetryRules.mayBeProcessed(TransportFailure.CONNECT_FAILURE, true)).isFalse();
    assertThat(RetryRules.mayBeProcessed(TransportFailure.REFUSED_STREAM, true)).isFalse();
    assertThat(RetryRules.mayBeProcessed(TransportFailure.CONNECTION_TERMINATION, true)).isTrue();
    assertThat(RetryRules.mayBeProcessed(TransportFailure.REMOTE_RESET, true)).isTrue();
    assertThat(RetryRules.mayBeProcessed(TransportFailure.PROTOCOL_ERROR, true)).isTrue();
  }

  private static RequestHead request(String method) {
    return TestRequest.get("/").withMethod(method);
  }

  private static char retries(RetryRules rules, TransportFailure failure, boolean requestSent) {
    return rules.retriesFailure(failure, requestSent) ? 'Y' : 'N';
  }

  private static List<Integer> statusesRetriedOn(RetryOn condition) {
    return statuses(rules(condition));
  }

  private static List<Integer> statuses(RetryRules rules) {
    return IntStream.rangeClosed(200, 599)
        .filter(status -> rules.retriesResponse(Head.of(status)))
        .boxed()
        .toList();
  }

  private static RetryRules rules(RetryOn... conditions) {
    return RetryRules.compile(policy(Set.of(conditions), Set.of()));
  }

  private static RetryPolicy policy(Set<RetryOn> on, Set<Integer> codes) {
    return new RetryPolicy(
        on, codes, 2, 0, RetryPolicy.BackOff.DEFAULT, RetryPolicy.HostSelection.ANY);
  }
}
