package io.librarymesh.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.AdaptiveConcurrency.MinRtt;
import io.librarymesh.random.Draw;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the bound follows the latency. Source: Envoy {@code gradient_controller.cc}. */
final class GradientControllerTest {
  private static final long MS = 1_000_000L;

  /** 64 us, which a bin holds exactly. */
  private static final long FAST = 64_000L;

  private final List<Integer> bounds = new ArrayList<>();
  private int drawn;

  private static AdaptiveConcurrency measured(int requestCount) {
    return new AdaptiveConcurrency(
        50, 1000, 100 * MS, new MinRtt(3, 25, 0, 60_000 * MS, 15, requestCount));
  }

  private static AdaptiveConcurrency fixed(long nanos) {
    return new AdaptiveConcurrency(50, 1000, 100 * MS, MinRtt.fixed(nanos, 3, 25));
  }

  private GradientController controller(AdaptiveConcurrency config) {
    return new GradientController(config, this::draw, 0);
  }

  private int draw(int bound, Draw draw) {
    assertThat(draw).isEqualTo(Draw.MIN_RTT_JITTER);
    bounds.add(bound);
    return drawn;
  }

  /** Calls one after the other, each as long as it is said. */
  private static void calls(GradientController controller, int count, long at, long latency) {
    for (int i = 0; i < count; i++) {
      assertThat(controller.tryBegin(at)).isTrue();
      controller.end(at, at + latency);
    }
  }

  @ParameterizedTest
  @CsvSource({"100, 12500, 110", "100, 25000, 57", "100, 5000, 214", "100, 100000, 57"})
  void boundFollowsTheGradient(int limit, long sampleMicros, int expected) {
    // Numbers of the reference, L-16: the latency without load is 10 ms.
    assertThat(GradientController.newLimit(limit, 10_000, sampleMicros, fixed(1)))
        .isEqualTo(expected);
  }

  @Test
  void boundStaysBetweenItsEnds() {
    AdaptiveConcurrency narrow = new AdaptiveConcurrency(50, 120, 100 * MS, MinRtt.fixed(1, 90, 0));

    assertThat(GradientController.newLimit(100, 1000, 1, narrow)).isEqualTo(120);
    assertThat(GradientController.newLimit(100, 1, 1000, narrow)).isEqualTo(90);
    assertThat(GradientController.newLimit(100, 0, 0, narrow)).isEqualTo(120);
  }

  @Test
  void callsOverTheBoundAreNotLetIn() {
    GradientController controller = controller(measured(50));

    assertThat(controller.tryBegin(0)).isTrue();
    assertThat(controller.tryBegin(0)).isTrue();
    assertThat(controller.tryBegin(0)).isTrue();
    assertThat(controller.tryBegin(0)).isFalse();
    controller.abandon();
    assertThat(controller.tryBegin(0)).isTrue();
  }

  @Test
  void boundIsTheSmallestUntilTheLatencyIsMeasured() {
    GradientController controller = controller(measured(50));
    calls(controller, 49, 10_000 * MS, FAST);
    assertThat(controller.limit()).isEqualTo(3);

    calls(controller, 1, 10_000 * MS, FAST);
    assertThat(controller.limit()).isEqualTo(3);
    // 3 * 1.25 + sqrt(3.75) = 5.68
    calls(controller, 1, 10_050 * MS, FAST);
    calls(controller, 1, 10_100 * MS + FAST, FAST);
    assertThat(controller.limit()).isEqualTo(5);
  }

  @Test
  void latencyIsMeasuredAgainAfterItsIntervalAndSomeJitter() {
    drawn = 2000;
    GradientController controller = controller(measured(2));
    calls(controller, 2, 0, FAST);
    assertThat(bounds).containsExactly(9000);
    calls(controller, 1, 50 * MS, FAST);
    calls(controller, 1, 61_999 * MS, FAST);
    assertThat(controller.limit()).isEqualTo(5);

    // A window ends at the same time, 5 * 1.25 + sqrt(6.25) = 8.75; then the measurement begins.
    assertThat(controller.tryBegin(62_000 * MS + FAST)).isTrue();
    assertThat(controller.limit()).isEqualTo(3);
    controller.end(62_000 * MS + FAST, 62_000 * MS + 2 * FAST);
    calls(controller, 1, 62_001 * MS, FAST);
    assertThat(controller.limit()).as("the bound before").isEqualTo(8);
  }

  @Test
  void callThatBeganBeforeTheMeasurementIsNoSample() {
    GradientController controller = controller(measured(2));
    calls(controller, 2, 0, FAST);
    assertThat(controller.tryBegin(1000 * MS)).isTrue();
    assertThat(controller.tryBegin(61_000 * MS)).isTrue();
    controller.end(1000 * MS, 61_000 * MS);
    calls(controller, 1, 61_000 * MS, FAST);
    assertThat(bounds).as("measured once").hasSize(1);

    controller.end(61_000 * MS, 61_000 * MS + FAST);
    assertThat(bounds).hasSize(2);
  }

  @Test
  void callThatBreaksOffIsNoSample() {
    GradientController controller = controller(measured(2));
    calls(controller, 1, 0, FAST);
    assertThat(controller.tryBegin(0)).isTrue();
    controller.abandon();
    assertThat(bounds).isEmpty();

    calls(controller, 1, 0, FAST);
    assertThat(bounds).hasSize(1);
  }

  @Test
  void fiveWindowsAtTheSmallestBoundBringANewMeasurement() {
    GradientController controller = controller(measured(1));
    calls(controller, 1, 0, FAST);
    for (int window = 1; window <= 6; window++) {
      // Ten times as long as without load: half of 3 and its root is 2, and the smallest is 3.
      calls(controller, 1, window * 100L * MS, 10 * FAST);
    }
    assertThat(bounds).hasSize(1);
    // The end of the sixth call ended the fifth window with a sample.
    calls(controller, 1, 700 * MS, 10 * FAST);
    assertThat(bounds).hasSize(2);
    assertThat(controller.limit()).isEqualTo(3);
    calls(controller, 1, 1000 * MS, 10 * FAST);
    calls(controller, 1, 1200 * MS, 10 * FAST);
    assertThat(controller.limit()).isEqualTo(5);
  }

  @Test
  void latencyThatIsKnownIsNeverMeasured() {
    GradientController controller = controller(fixed(FAST));
    for (int window = 0; window < 20; window++) {
      calls(controller, 1, window * 100L * MS, 10 * FAST);
    }
    assertThat(controller.limit()).isEqualTo(3);
    calls(controller, 1, 2000 * MS, FAST);
    calls(controller, 1, 2100 * MS, FAST);
    assertThat(controller.limit()).isEqualTo(5);
    assertThat(bounds).isEmpty();
  }

  @Test
  void clockMayStartAnywhere() {
    long start = Long.MAX_VALUE - 50 * MS;
    GradientController controller = new GradientController(fixed(FAST), this::draw, start);
    calls(controller, 1, start, FAST);
    calls(controller, 1, start + 100 * MS, FAST);
    assertThat(controller.limit()).isEqualTo(5);
  }

  @Test
  void agreesWithTheOriginalsTimers() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      boolean known = random.nextInt(4) == 0;
      MinRtt minRtt =
          known
              ? MinRtt.fixed(FAST, 1 + random.nextInt(4), 10)
              : new MinRtt(1 + random.nextInt(4), 25, 0, 700 * MS, 20, 1 + random.nextInt(5));
      AdaptiveConcurrency config =
          new AdaptiveConcurrency(1 + random.nextInt(100), 40, 50 * MS, minRtt);
      agree(config, random);
    }
  }

  private void agree(AdaptiveConcurrency config, Random random) {
    GradientController controller = controller(config);
    NaiveGradient naive = new NaiveGradient(config);
    Deque<Long> running = new ArrayDeque<>();
    long now = 0;
    for (int i = 0; i < 4000; i++) {
      drawn = random.nextInt(100);
      now += random.nextInt(20) == 0 ? random.nextInt(900) * MS : random.nextInt(6) * MS;
      naive.passUntil(now);
      if (random.nextBoolean()) {
        boolean let = controller.tryBegin(now);
        assertThat(let).isEqualTo(naive.tryBegin());
        if (let) {
          running.add(now);
        }
      } else if (!running.isEmpty()) {
        long began = random.nextBoolean() ? running.removeFirst() : running.removeLast();
        if (random.nextInt(5) == 0) {
          controller.abandon();
          naive.abandon();
          continue;
        }
        controller.end(began, now);
        naive.end(began, now, drawn);
      } else {
        continue;
      }
      assertThat(controller.limit()).as("step %d of %s", i, config).isEqualTo(naive.limit);
    }
  }

  /** The original, line by line: with timers, and with all samples in a list. */
  private static final class NaiveGradient {
    private final AdaptiveConcurrency config;
    private final List<Long> samples = new ArrayList<>();
    int limit;
    private int outstanding;
    private int deferred;
    private long minRtt;
    private long epoch;
    private int atMinimum;
    private long resetTimer;
    private long minRttTimer = Long.MAX_VALUE;

    NaiveGradient(AdaptiveConcurrency config) {
      this.config = config;
      this.limit = config.minRtt().minConcurrency();
      this.resetTimer = config.concurrencyUpdateIntervalNanos();
      if (config.minRtt().isMeasured()) {
        enterMinRttSamplingWindow(0);
      } else {
        minRtt = config.minRtt().fixedNanos() / 1000;
      }
    }

    void passUntil(long now) {
      while (Math.min(resetTimer, minRttTimer) <= now) {
        if (resetTimer <= minRttTimer) {
          long fired = resetTimer;
          resetTimer = Long.MAX_VALUE;
          if (deferred == 0) {
            resetSampleWindow(fired);
            resetTimer = fired + config.concurrencyUpdateIntervalNanos();
          }
        } else {
          long fired = minRttTimer;
          minRttTimer = Long.MAX_VALUE;
          enterMinRttSamplingWindow(fired);
        }
      }
    }

    boolean tryBegin() {
      if (outstanding < limit) {
        outstanding++;
        return true;
      }
      return false;
    }

    void abandon() {
      outstanding--;
    }

    void end(long began, long now, int draw) {
      outstanding--;
      if (began < epoch) {
        return;
      }
      samples.add((now - began) / 1000);
      if (deferred > 0 && samples.size() >= config.minRtt().requestCount()) {
        minRtt = process();
        updateLimit(deferred, now);
        deferred = 0;
        minRttTimer = now + config.minRtt().intervalNanos() + draw * MS;
        resetTimer = now + config.concurrencyUpdateIntervalNanos();
      }
    }

    private void enterMinRttSamplingWindow(long now) {
      if (deferred > 0) {
        return;
      }
      deferred = limit;
      updateLimit(config.minRtt().minConcurrency(), now);
      samples.clear();
      epoch = now;
    }

    private void resetSampleWindow(long now) {
      if (!samples.isEmpty()) {
        long sample = process();
        double raw = minRtt * (1 + config.minRtt().bufferPercent() / 100) / sample;
        double scaled = limit * Math.max(0.5, Math.min(2.0, Double.isNaN(raw) ? 2 : raw));
        int next = (int) (scaled + Math.sqrt(scaled));
        updateLimit(
            Math.max(
                config.minRtt().minConcurrency(), Math.min(config.maxConcurrencyLimit(), next)),
            now);
      }
    }

    private long process() {
      samples.sort(null);
      int rank = (int) Math.ceil(samples.size() * config.sampleAggregatePercentile() / 100);
      LatencySamples rounded = new LatencySamples();
      rounded.add(samples.get(rank - 1));
      samples.clear();
      return rounded.percentile(100);
    }

    private void updateLimit(int next, long now) {
      int least = config.minRtt().minConcurrency();
      atMinimum = deferred == 0 && limit == least && next == least ? atMinimum + 1 : 0;
      limit = next;
      if (atMinimum >= 5 && config.minRtt().isMeasured()) {
        minRttTimer = now;
      }
    }
  }
}
