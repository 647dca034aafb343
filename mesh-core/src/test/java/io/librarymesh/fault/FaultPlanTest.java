package io.librarymesh.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which faults are drawn, from how many draws, in which order. */
final class FaultPlanTest {
  private static final long TWO_SECONDS = 2_000_000_000L;
  private static final FaultDecision ABORT = new FaultDecision.Abort(503);
  private static final FaultDecision DELAY =
      new FaultDecision.Delay(TWO_SECONDS, FaultDecision.None.INSTANCE);
  private static final FaultDecision DELAY_THEN_ABORT = new FaultDecision.Delay(TWO_SECONDS, ABORT);

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
    assertThat(plan.decide(NO_DRAWS)).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void alwaysNeedsNoDraw() {
    assertThat(plan(percent(100), percent(100)).decide(NO_DRAWS)).isEqualTo(DELAY_THEN_ABORT);
    assertThat(plan(percent(100), percent(0)).decide(NO_DRAWS)).isEqualTo(DELAY);
    assertThat(plan(percent(0), percent(100)).decide(NO_DRAWS)).isEqualTo(ABORT);
    assertThat(plan(percent(0), percent(300)).decide(NO_DRAWS)).isEqualTo(ABORT);
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

    assertThat(half.decide(drawing(499_999, 499_999))).isEqualTo(DELAY_THEN_ABORT);
    assertThat(half.decide(drawing(499_999, 500_000))).isEqualTo(DELAY);
    assertThat(half.decide(drawing(500_000, 499_999))).isEqualTo(ABORT);
    assertThat(half.decide(drawing(500_000, 500_000))).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void delayIsDrawnFirst() {
    List<Draw> drawn = new ArrayList<>();

    plan(percent(50), percent(50))
        .decide(
            (bound, draw) -> {
              drawn.add(draw);
              return 0;
            });

    assertThat(drawn).containsExactly(Draw.FAULT_DELAY, Draw.FAULT_ABORT);
  }

  @Test
  void twentyPercentDelaysAndFivePercentAbortsTouchTwentyFourPercent() {
    FaultPlan plan = plan(percent(20), percent(5));
    int touched = 0;
    for (int delay = 0; delay < 100; delay++) {
      for (int abort = 0; abort < 100; abort++) {
        FaultDecision decision = plan.decide(drawing(delay * 10_000, abort * 10_000));
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

    assertThat(perTenThousand.decide(drawing(99, 0))).isEqualTo(DELAY);
    assertThat(perTenThousand.decide(drawing(100, 0))).isSameAs(FaultDecision.None.INSTANCE);
    assertThat(perMillion.decide(drawing(0, 0))).isEqualTo(DELAY);
    assertThat(perMillion.decide(drawing(1, 0))).isSameAs(FaultDecision.None.INSTANCE);
  }

  @Test
  void hugeNumeratorMeansAlways() {
    FractionalPercent huge = new FractionalPercent(Integer.MAX_VALUE, 100);

    assertThat(plan(huge, percent(0)).decide(NO_DRAWS)).isEqualTo(DELAY);
  }

  @Test
  void decisionsAreMadeOnce() {
    FaultPlan plan = plan(percent(100), percent(100));

    assertThat(plan.decide(NO_DRAWS)).isSameAs(plan.decide(NO_DRAWS));
  }

  @Test
  void kindsFollowTheTypes() {
    assertThat(ABORT.kind()).isEqualTo(FaultDecision.Kind.ABORT);
    assertThat(DELAY.kind()).isEqualTo(FaultDecision.Kind.DELAY);
    assertThat(FaultDecision.None.INSTANCE.kind()).isEqualTo(FaultDecision.Kind.NONE);
  }
}
