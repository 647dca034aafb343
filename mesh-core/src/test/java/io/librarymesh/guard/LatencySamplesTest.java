package io.librarymesh.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Percentiles of latencies. */
final class LatencySamplesTest {
  private final LatencySamples samples = new LatencySamples();

  @Test
  void smallLatenciesAreExact() {
    for (int micros = 0; micros < 256; micros++) {
      samples.add(micros);
      assertThat(samples.percentile(100)).isEqualTo(micros);
    }
  }

  @Test
  void percentileIsTheSmallestThatSoManyDoNotExceed() {
    for (int micros : new int[] {40, 10, 30, 20}) {
      samples.add(micros);
    }

    assertThat(samples.percentile(25)).isEqualTo(10);
    assertThat(samples.percentile(26)).isEqualTo(20);
    assertThat(samples.percentile(50)).isEqualTo(20);
    assertThat(samples.percentile(75.1)).isEqualTo(40);
    assertThat(samples.percentile(0.1)).isEqualTo(10);
  }

  @Test
  void percentilesOfAnyLatenciesAreAtMostOnePercentTooSmall() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      samples.clear();
      List<Long> sorted = new ArrayList<>();
      int count = 1 + random.nextInt(100);
      for (int i = 0; i < count; i++) {
        long micros = random.nextLong(1L << random.nextInt(37));
        samples.add(micros);
        sorted.add(micros);
      }
      Collections.sort(sorted);
      int percent = 1 + random.nextInt(100);
      long exact = sorted.get((count * percent + 99) / 100 - 1);

      assertThat(samples.percentile(percent)).isBetween((long) (exact * 0.992), exact);
    }
  }

  @Test
  void latencyBeyondAllBinsIsInTheLast() {
    samples.add(Long.MAX_VALUE);
    samples.add(-1);

    assertThat(samples.percentile(100)).isGreaterThan(Long.numberOfTrailingZeros(1L << 36));
    assertThat(samples.percentile(50)).isZero();
  }
}
