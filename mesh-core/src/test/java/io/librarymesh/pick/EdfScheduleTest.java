package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EdfScheduleTest {
  @Test
  void heavierHostsComeSooner() {
    // Due: host 0 at 1/2 and 1, host 1 at 1. At 1 host 1 has been queued for longer.
    assertThat(EdfSchedule.of(new long[] {2, 1})).containsExactly(0, 1, 0);
    assertThat(EdfSchedule.of(new long[] {1, 3})).containsExactly(1, 1, 0, 1);
    assertThat(EdfSchedule.of(new long[] {1, 2, 4})).containsExactly(2, 1, 2, 2, 0, 1, 2);
  }

  @Test
  void weightsAreTakenInTheirSmallestTerms() {
    assertThat(EdfSchedule.of(new long[] {2_000_000_000, 1_000_000_000})).containsExactly(0, 1, 0);
    assertThat(EdfSchedule.of(new long[] {300, 300})).containsExactly(0, 1);
  }

  @Test
  void oneRoundHoldsEachHostAsOftenAsItsWeight() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 200; round++) {
      long[] weights = random.longs(2 + random.nextInt(10), 1, 100).toArray();
      weights[0] = 1; // so that the weights cannot be reduced

      int[] turns = turns(EdfSchedule.of(weights), weights.length);

      assertThat(Arrays.stream(turns).asLongStream().toArray()).isEqualTo(weights);
    }
  }

  @Test
  void roundsRepeatWhatASchedulerWithAHeapPicks() {
    SplittableRandom random = new SplittableRandom(12);
    for (int round = 0; round < 200; round++) {
      long[] weights = random.longs(2 + random.nextInt(6), 1, 20).toArray();
      int[] schedule = EdfSchedule.of(weights);

      List<Integer> repeated = new ArrayList<>();
      for (int i = 0; i < 3 * schedule.length; i++) {
        repeated.add(schedule[i % schedule.length]);
      }

      assertThat(repeated).isEqualTo(simulated(weights, repeated.size()));
    }
  }

  @Test
  void longRoundsAreRoundedAndKeepTheirShares() {
    long[] weights = {1_000_003, 500_009, 250_007, 1};
    long sum = Arrays.stream(weights).sum();

    int[] schedule = EdfSchedule.of(weights);
    int[] turns = turns(schedule, weights.length);

    assertThat(schedule.length).isBetween(4_090, 4_100);
    assertThat(turns[3]).isEqualTo(1);
    for (int i = 0; i < 3; i++) {
      double wanted = (double) weights[i] / sum;
      assertThat((double) turns[i] / schedule.length).isBetween(wanted - 0.0005, wanted + 0.0005);
    }
  }

  @Test
  void manyHostsKeepAtLeastOneTurnEach() {
    long[] weights = new long[2_000];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1L + i * 997L;
    }

    assertThat(Arrays.stream(turns(EdfSchedule.of(weights), weights.length)).min()).hasValue(1);
  }

  private static int[] turns(int[] schedule, int hosts) {
    int[] turns = new int[hosts];
    for (int host : schedule) {
      turns[host]++;
    }
    return turns;
  }

  /** A queue of entries: pop the earliest deadline, the longest queued first; put it back later. */
  private static List<Integer> simulated(long[] weights, int picks) {
    List<long[]> entries = new ArrayList<>(); // {host, turn, when queued}
    long clock = 0;
    for (int i = 0; i < weights.length; i++) {
      entries.add(new long[] {i, 1, clock++});
    }
    Comparator<long[]> byDeadline =
        (a, b) -> Long.compare(a[1] * weights[(int) b[0]], b[1] * weights[(int) a[0]]);
    Comparator<long[]> order = byDeadline.thenComparingLong(entry -> entry[2]);
    List<Integer> picked = new ArrayList<>();
    for (int i = 0; i < picks; i++) {
      long[] next = entries.stream().min(order).orElseThrow();
      picked.add((int) next[0]);
      next[1]++;
      next[2] = clock++;
    }
    return picked;
  }
}
