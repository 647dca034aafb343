package io.librarymesh.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.TestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which faults are drawn, from how many draws, in which order. */
final class FaultPlanTest {
  private static final long TWO_SECONDS = 2_000_000_000L;
  private static final FaultDecision ABORT = new FaultDecision.Abort(503);
  private static final FaultDecision DELAY =
      new FaultDecision.Delay(TWO_SECONDS, FaultDecision.None.INSTANCE);
  private static final FaultDecision DELAY_THEN_ABORT = new FaultDecision.Delay(TWO_SECONDS, ABORT);

  private static final RequestHead PLAIN = request(Map.of());

  private static final RandomSource NO_DRAWS =
      (bound, draw) -> {
        throw new AssertionError(draw + " drawn (expected: no draw)");
      };

  private static FaultPlan plan(FractionalPercent delay, FractionalPercent abort) {
    return FaultPlan.compile(
        new FaultInjection(
            new FaultInjection.Delay(delay, TWO_SECONDS), new FaultInjection.Abort(abort, 503)));
  }

  private static FractionalPercent percent(int numerator) {
    return new FractionalPercent(numerator, 100);
  }

  private static RandomSource drawing(int delay, int abort) {
    return (bound, draw) -> {
      assertThat(bound).isEqualTo(1_000_000);
      return switch (draw) {
        case FAULT_DELAY -> delay;
        case FAULT_ABORT -> abort;
        default -> throw new AssertionError(draw);
      };
    };
  }

  @Test
  void nothingConfiguredIsNoneWithoutADraw() {
    FaultPlan plan = FaultPlan.compile(FaultInjection.NONE);

    assertThat(plan.isNone()).isTrue();
    assertThat(plan.decide(PLAIN, NO_DRAWS)).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void alwaysNeedsNoDraw() {
    assertThat(plan(percent(100), percent(100)).decide(PLAIN, NO_DRAWS))
        .isEqualTo(DELAY_THEN_ABORT);
    assertThat(plan(percent(100), percent(0)).decide(PLAIN, NO_DRAWS)).isEqualTo(DELAY);
    assertThat(plan(percent(0), percent(100)).decide(PLAIN, NO_DRAWS)).isEqualTo(ABORT);
    assertThat(plan(percent(0), percent(300)).decide(PLAIN, NO_DRAWS)).isEqualTo(ABORT);
  }

  @Test
  void neverIsNone() {
    assertThat(plan(percent(0), percent(0)).isNone()).isTrue();
    assertThat(plan(percent(1), percent(0)).isNone()).isFalse();
    assertThat(plan(percent(0), percent(1)).isNone()).isFalse();
  }

  @Test
  void delayAndAbortAreDrawnIndependently() {
    FaultPlan half = plan(percent(50), percent(50));

    assertThat(half.decide(PLAIN, drawing(499_999, 499_999))).isEqualTo(DELAY_THEN_ABORT);
    assertThat(half.decide(PLAIN, drawing(499_999, 500_000))).isEqualTo(DELAY);
    assertThat(half.decide(PLAIN, drawing(500_000, 499_999))).isEqualTo(ABORT);
    assertThat(half.decide(PLAIN, drawing(500_000, 500_000))).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void delayIsDrawnFirst() {
    List<Draw> drawn = new ArrayList<>();

    plan(percent(50), percent(50))
        .decide(
            PLAIN,
            (bound, draw) -> {
              drawn.add(draw);
              return 0;
            });

    assertThat(drawn).containsExactly(Draw.FAULT_DELAY, Draw.FAULT_ABORT);
  }

  @Test
  void rateLimitIsDrawnBeforeTheOthers() {
    FractionalPercent half = percent(50);
    FaultPlan plan =
        FaultPlan.compile(
            new FaultInjection(
                new FaultInjection.Delay(half, TWO_SECONDS),
                new FaultInjection.Abort(half, 503),
                new FaultInjection.ResponseRateLimit(half, 7),
                FaultInjection.Gate.OPEN,
                FaultInjection.UNLIMITED));
    List<Draw> drawn = new ArrayList<>();
    FaultDecision all =
        plan.decide(
            PLAIN,
            (bound, draw) -> {
              assertThat(bound).isEqualTo(1_000_000);
              drawn.add(draw);
              return 499_999;
            });
    assertThat(drawn)
        .containsExactly(Draw.FAULT_RESPONSE_RATE_LIMIT, Draw.FAULT_DELAY, Draw.FAULT_ABORT);
    assertThat(all).isEqualTo(new FaultDecision.Throttle(7, DELAY_THEN_ABORT));
    assertThat(plan.decide(PLAIN, (bound, draw) -> 500_000)).isSameAs(FaultDecision.None.INSTANCE);
    assertThat(plan.decide(PLAIN, onlyHitting(Draw.FAULT_RESPONSE_RATE_LIMIT)))
        .isEqualTo(new FaultDecision.Throttle(7, FaultDecision.None.INSTANCE));
    assertThat(plan.isNone()).isFalse();
  }

  private static RandomSource onlyHitting(Draw hit) {
    return (bound, draw) -> draw == hit ? 0 : bound - 1;
  }

  @Test
  void gateIsForRequestsThatMeetAllItsConditions() {
    FaultInjection.Gate gate =
        new FaultInjection.Gate(
            "c",
            Set.of("one", "two"),
            List.of(
                new HeaderMatch(
                    "x-user",
                    new ValueMatch.Text(new StringMatch.Exact("jason", false)),
                    false,
                    false)));
    FaultPlan plan =
        FaultPlan.compile(
            new FaultInjection(
                FaultInjection.Delay.NONE,
                new FaultInjection.Abort(percent(100), 503),
                FaultInjection.ResponseRateLimit.NONE,
                gate,
                FaultInjection.UNLIMITED));
    Map<String, String> both = Map.of("x-user", "jason", "x-envoy-downstream-service-node", "two");
    assertThat(plan.upstreamCluster()).isEqualTo("c");
    assertThat(plan.decide(request(both), NO_DRAWS)).isEqualTo(ABORT);
    assertThat(plan.concerns(request(both))).isTrue();
    for (Map<String, String> headers :
        List.of(
            Map.of("x-user", "jason"),
            Map.of("x-envoy-downstream-service-node", "two"),
            Map.of("x-user", "jason", "x-envoy-downstream-service-node", "three"))) {
      assertThat(plan.decide(request(headers), NO_DRAWS)).isSameAs(FaultDecision.None.INSTANCE);
      assertThat(plan.concerns(request(headers))).isFalse();
    }
  }

  @Test
  void twentyPercentDelaysAndFivePercentAbortsTouchTwentyFourPercent() {
    FaultPlan plan = plan(percent(20), percent(5));
    int touched = 0;
    for (int delay = 0; delay < 100; delay++) {
      for (int abort = 0; abort < 100; abort++) {
        FaultDecision decision = plan.decide(PLAIN, drawing(delay * 10_000, abort * 10_000));
        if (decision.kind() != FaultDecision.Kind.NONE) {
          touched++;
        }
      }
    }

    assertThat(touched).isEqualTo(2_400);
  }

  @Test
  void sharesOfAllDenominatorsAreExact() {
    FaultPlan perTenThousand = plan(new FractionalPercent(1, 10_000), percent(0));
    FaultPlan perMillion = plan(new FractionalPercent(1, 1_000_000), percent(0));

    assertThat(perTenThousand.decide(PLAIN, drawing(99, 0))).isEqualTo(DELAY);
    assertThat(perTenThousand.decide(PLAIN, drawing(100, 0))).isSameAs(FaultDecision.None.INSTANCE);
    assertThat(perMillion.decide(PLAIN, drawing(0, 0))).isEqualTo(DELAY);
    assertThat(perMillion.decide(PLAIN, drawing(1, 0))).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void hugeNumeratorMeansAlways() {
    FractionalPercent huge = new FractionalPercent(Integer.MAX_VALUE, 100);

    assertThat(plan(huge, percent(0)).decide(PLAIN, NO_DRAWS)).isEqualTo(DELAY);
  }

  @Test
  void decisionsAreMadeOnce() {
    FaultPlan plan = plan(percent(100), percent(100));

    assertThat(plan.decide(PLAIN, NO_DRAWS)).isSameAs(plan.decide(PLAIN, NO_DRAWS));
  }

  @Test
  void requestAsksForItsDelayInMilliseconds() {
    FaultPlan plan = requested(percent(100), percent(0));

    assertThat(plan.decide(asking("x-envoy-fault-delay-request", "2000"), NO_DRAWS))
        .isEqualTo(DELAY);
    for (String nothing : List.of("", "0", "-1", "2s", "1.5", "9999999999999999999")) {
      assertThat(plan.decide(asking("x-envoy-fault-delay-request", nothing), NO_DRAWS))
          .as(nothing)
          .isSameAs(FaultDecision.None.INSTANCE);
    }
    assertThat(plan.decide(PLAIN, NO_DRAWS)).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void requestAsksForItsAnswerThatOfHttpFirst() {
    FaultPlan plan = requested(percent(0), percent(100));

    assertThat(plan.decide(asking("x-envoy-fault-abort-request", "503"), NO_DRAWS))
        .isEqualTo(ABORT);
    assertThat(plan.decide(asking("x-envoy-fault-abort-grpc-request", "14"), NO_DRAWS))
        .isEqualTo(new FaultDecision.Abort(200, 14));
    Map<String, String> both =
        Map.of("x-envoy-fault-abort-request", "503", "x-envoy-fault-abort-grpc-request", "14");
    assertThat(plan.decide(request(both), NO_DRAWS)).isEqualTo(ABORT);
    Map<String, String> none =
        Map.of("x-envoy-fault-abort-request", "199", "x-envoy-fault-abort-grpc-request", "14");
    assertThat(plan.decide(request(none), NO_DRAWS)).isEqualTo(new FaultDecision.Abort(200, 14));
  }

  @Test
  void requestMayLowerTheShareAndNotRaiseIt() {
    FaultPlan plan = requested(percent(0), percent(50));
    for (String asked : List.of("10", "50", "90")) {
      RequestHead head =
          request(
              Map.of(
                  "x-envoy-fault-abort-request",
                  "503",
                  "x-envoy-fault-abort-request-percentage",
                  asked));
      int share = Math.min(50, Integer.parseInt(asked)) * 10_000;
      assertThat(plan.decide(head, drawing(0, share - 1))).isEqualTo(ABORT);
      assertThat(plan.decide(head, drawing(0, share))).isSameAs(FaultDecision.None.INSTANCE);
    }
  }

  @Test
  void fixedDelayAndRequestedAnswerGoTogether() {
    FaultPlan plan =
        FaultPlan.compile(
            new FaultInjection(
                new FaultInjection.Delay(percent(100), TWO_SECONDS),
                FaultInjection.Abort.ofHeader(percent(100))));

    assertThat(plan.decide(PLAIN, NO_DRAWS)).isEqualTo(DELAY);
    assertThat(plan.decide(asking("x-envoy-fault-abort-request", "503"), NO_DRAWS))
        .isEqualTo(DELAY_THEN_ABORT);
  }

  @Test
  void requestAsksForTheRateOfItsResponse() {
    FaultPlan plan =
        FaultPlan.compile(
            new FaultInjection(
                FaultInjection.Delay.NONE,
                FaultInjection.Abort.NONE,
                FaultInjection.ResponseRateLimit.ofHeader(percent(100)),
                FaultInjection.Gate.OPEN,
                FaultInjection.UNLIMITED));
    String header = "x-envoy-fault-throughput-response";
    assertThat(plan.decide(asking(header, "100"), NO_DRAWS))
        .isEqualTo(new FaultDecision.Throttle(100, FaultDecision.None.INSTANCE));
    for (String nothing : List.of("0", "-1", "", "fast", "1.5")) {
      assertThat(plan.decide(asking(header, nothing), NO_DRAWS))
          .isSameAs(FaultDecision.None.INSTANCE);
    }
    assertThat(plan.decide(PLAIN, NO_DRAWS)).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void requestsWithAFaultAreCountedUpToTheLimit() {
    ActiveFaults faults = new ActiveFaults();

    assertThat(faults.tryBegin(0)).isFalse();
    assertThat(faults.tryBegin(2)).isTrue();
    assertThat(faults.tryBegin(2)).isTrue();
    assertThat(faults.tryBegin(2)).isFalse();
    faults.end();
    assertThat(faults.tryBegin(2)).isTrue();
    assertThat(faults.count()).isEqualTo(2);
  }

  private static FaultPlan requested(FractionalPercent delay, FractionalPercent abort) {
    return FaultPlan.compile(
        new FaultInjection(
            FaultInjection.Delay.ofHeader(delay), FaultInjection.Abort.ofHeader(abort)));
  }

  private static RequestHead asking(String header, String value) {
    return request(Map.of(header, value));
  }

  private static RequestHead request(Map<String, String> headers) {
    return new TestRequest("GET", "http", "a", "/", headers);
  }

  @Test
  void kindsFollowTheTypes() {
    assertThat(ABORT.kind()).isEqualTo(FaultDecision.Kind.ABORT);
    assertThat(DELAY.kind()).isEqualTo(FaultDecision.Kind.DELAY);
    assertThat(new FaultDecision.Throttle(1, DELAY).kind()).isEqualTo(FaultDecision.Kind.THROTTLE);
    assertThat(FaultDecision.None.INSTANCE.kind()).isEqualTo(FaultDecision.Kind.NONE);
  }
}
