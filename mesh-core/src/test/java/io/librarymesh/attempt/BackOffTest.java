package io.librarymesh.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.RetryPolicy;
import io.librarymesh.pick.Draws;
import io.librarymesh.random.Draw;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private static final long MILLI = 1_000_000L;

  @Test
  void theDefaultDoublesFrom25To250Milliseconds() {
    assertThat(bounds(RetryPolicy.BackOff.DEFAULT, 7))
        .containsExactly(25, 50, 100, 200, 250, 250, 250);
  }

  @Test
  void w55TheFirstTwoRetriesWaitLessThan25And50Milliseconds() {
    Draws last = Draws.none().then(Draw.RETRY_JITTER, 24, 49);

    assertThat(BackOff.intervalNanos(RetryPolicy.BackOff.DEFAULT, 1, last)).isEqualTo(24 * MILLI);
    assertThat(BackOff.intervalNanos(RetryPolicy.BackOff.DEFAULT, 2, last)).isEqualTo(49 * MILLI);
  }

  @Test
  void aWaitMayBeNothing() {
    Draws first = Draws.none().then(Draw.RETRY_JITTER, 0);

    assertThat(BackOff.intervalNanos(RetryPolicy.BackOff.DEFAULT, 3, first)).isZero();
  }

  @Test
  void doublingStopsAtTheMaximum() {
    assertThat(bounds(new RetryPolicy.BackOff(25 * MILLI, 200 * MILLI), 5))
        .containsExactly(25, 50, 100, 200, 200);
    assertThat(bounds(new RetryPolicy.BackOff(30 * MILLI, 100 * MILLI), 4))
        .containsExactly(30, 60, 100, 100);
    assertThat(bounds(new RetryPolicy.BackOff(40 * MILLI, 40 * MILLI), 3))
        .containsExactly(40, 40, 40);
    assertThat(bounds(new RetryPolicy.BackOff(MILLI, MILLI), 2)).containsExactly(1, 1);
  }

  @Test
  void theBoundsStayUnderTheEnvelopeOfOlderEnvoys() {
    List<Integer> bounds = bounds(RetryPolicy.BackOff.DEFAULT, 30);
    for (int n = 1; n <= bounds.size(); n++) {
      double envelope = Math.min(250, (Math.pow(2, n) - 1) * 25);
      assertThat((double) bounds.get(n - 1)).isLessThanOrEqualTo(envelope);
    }
  }

  @Test
  void veryLongBackOffsDoNotOverflow() {
    long days = 86_400_000L * MILLI;

    assertThat(bounds(new RetryPolicy.BackOff(100 * days, 100 * days), 3))
        .containsExactly(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
    assertThat(bounds(new RetryPolicy.BackOff(MILLI, Long.MAX_VALUE), 1_000).get(999))
        .isEqualTo(Integer.MAX_VALUE);
  }

  private static List<Integer> bounds(RetryPolicy.BackOff backOff, int retries) {
    List<Integer> bounds = new ArrayList<>();
    for (int retry = 1; retry <= retries; retry++) {
      BackOff.intervalNanos(
          backOff,
          retry,
          (bound, draw) -> {
            assertThat(draw).isEqualTo(Draw.RETRY_JITTER);
            bounds.add(bound);
            return 0;
          });
    }
    return bounds;
  }
}
