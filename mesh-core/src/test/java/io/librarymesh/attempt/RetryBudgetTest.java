package io.librarymesh.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Near the end of the range, so that a comparison of readings shows. */
  private static final long START = Long.MAX_VALUE - 1_000 * SECOND;

  private final RetryBudget budget = RetryBudget.startingAt(START);

  @Test
  void tenRetriesASecondNeedNoCalls() {
    assertThat(withdraw(100, START)).isEqualTo(10);
    assertThat(withdraw(100, START + SECOND - 1 - START % SECOND)).isZero();
    assertThat(withdraw(100, START + SECOND)).isEqualTo(10);
  }

  @Test
  void oneRetryForFiveCallsOfTheLastTenSeconds() {
    call(1_000);
    assertThat(withdraw(1_000, START)).isEqualTo(200);
    assertThat(withdraw(1_000, START + 5 * SECOND)).as("the floor alone").isEqualTo(10);
    assertThat(withdraw(1_000, START + 30 * SECOND)).as("all is past").isEqualTo(10);
  }

  @Test
  void whatWasNotTakenIsLostAfterTenSeconds() {
    call(1_000);
    assertThat(withdraw(1, START)).isEqualTo(1);
    assertThat(withdraw(1_000, START + 11 * SECOND)).isEqualTo(10);
  }

  @Test
  void callsThatNobodyLookedAtAreTakenToHaveComeEvenly() {
    assertThat(withdraw(1, START)).isEqualTo(1);
    call(100_000);
    assertThat(withdraw(100_000, START + 100 * SECOND)).isEqualTo(1_000 * 10 / 5);
  }

  @Test
  void clockThatAnotherThreadReadEarlierLosesNothing() {
    call(1_000);
    assertThat(withdraw(150, START + SECOND)).isEqualTo(150);
    assertThat(withdraw(1_000, START)).isEqualTo(50);
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 100, 1_000, 20_000})
  void retriesOfSteadyLoadAreAFifth(int callsPerSecond) {
    long retries = 0;
    int seconds = 60;
    for (int i = 0; i < seconds * callsPerSecond; i++) {
      budget.onCall();
      long now = START + SECOND * i / callsPerSecond;
      // Every call fails, and so does its retry.
      retries += withdraw(2, now);
    }
    long fifth = (long) seconds * callsPerSecond / 5;
    // A second that the load begins or ends in has its ten as well.
    assertThat(retries).isBetween(fifth * 95 / 100, fifth + 20);
  }

  /** The rule as it is said, kept as a list of times. */
  @Test
  void agreesWithANaiveCountWhereEverySecondIsLookedAt() {
    SplittableRandom random = new SplittableRandom(7);
    int[] calls = new int[200];
    int[] retries = new int[200];
    for (int second = 0; second < calls.length; second++) {
      int count = random.nextInt(300);
      call(count);
      calls[second] = count;
      int wanted = random.nextInt(1, 120);
      int from = Math.max(0, second - 9);
      int inWindow = sum(calls, from, second) / 5;
      int expected = 0;
      while (expected < wanted && (retries[second] < 10 || sum(retries, from, second) < inWindow)) {
        retries[second]++;
        expected++;
      }
      assertThat(withdraw(wanted, START + second * SECOND))
          .as("second %d", second)
          .isEqualTo(expected);
    }
  }

  @Test
  void threadsNeverTakeMoreThanThereIs() throws Exception {
    call(10_000);
    int threads = 4;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch ready = new CountDownLatch(threads);
    var taken =
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    pool.submit(
                        () -> {
                          ready.countDown();
                          ready.await();
                          return withdraw(2_000, START);
                        }))
            .toList();
    int sum = 0;
    for (Future<Integer> each : taken) {
      sum += each.get(20, TimeUnit.SECONDS);
    }
    pool.shutdown();
    assertThat(sum).isEqualTo(2_000);
  }

  private static int sum(int[] values, int from, int to) {
    return IntStream.rangeClosed(from, to).map(i -> values[i]).sum();
  }

  private void call(int count) {
    for (int i = 0; i < count; i++) {
      budget.onCall();
    }
  }

  private int withdraw(int wanted, long now) {
    int taken = 0;
    for (int i = 0; i < wanted; i++) {
      taken += budget.tryWithdraw(now) ? 1 : 0;
    }
    return taken;
  }
}
