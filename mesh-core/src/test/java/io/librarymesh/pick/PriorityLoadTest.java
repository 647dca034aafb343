package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.pick.PriorityLoad.Level;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityLoadTest {
  private static final int OVERPROVISIONING = 140;
  private static final int THRESHOLD = 50;

  @ParameterizedTest
  @CsvSource({
    // LB-12
    "72, 100, 100, 100, 100, 0",
    "71, 100, 100, 100, 99, 1",
    "2, 3, 3, 3, 93, 7",
    // W-88: P1 carries what P0 cannot
    "1, 100, 100, 100, 1, 99",
    "0, 10, 10, 10, 0, 100",
  })
  void loadSpillsToTheNextPriority(
      int healthy0, int total0, int healthy1, int total1, int load0, int load1) {
    PriorityLoad load = load(level(healthy0, total0), level(healthy1, total1));

    assertThat(load.healthy(0)).isEqualTo(load0);
    assertThat(load.healthy(1)).isEqualTo(load1);
    assertThat(load.panic(0)).isFalse();
    assertThat(load.panic(1)).isFalse();
  }

  @Test
  void w87TwoQuarterHealthyPrioritiesShareEvenlyAndPanic() {
    PriorityLoad load = load(level(25, 100), level(25, 100));

    assertThat(load.healthy(0)).isEqualTo(50);
    assertThat(load.healthy(1)).isEqualTo(50);
    assertThat(load.panic(0)).isTrue();
    assertThat(load.panic(1)).isTrue();
  }

  @Test
  void w90ExactlyTheThresholdDoesNotPanic() {
    PriorityLoad load = load(level(5, 10));

    assertThat(load.panic(0)).isFalse();
    assertThat(load.healthy(0)).isEqualTo(100);
  }

  @Test
  void oneBelowTheThresholdPanics() {
    assertThat(load(level(49, 100)).panic(0)).isTrue();
  }

  @Test
  void thirdsOverThreePrioritiesLeaveTheRestToTheLast() {
    PriorityLoad load = load(level(1, 3), level(1, 3), level(1, 3));

    assertThat(load.healthy(0)).isEqualTo(46);
    assertThat(load.healthy(1)).isEqualTo(46);
    assertThat(load.healthy(2)).isEqualTo(8);
    assertThat(load.panic(0)).isFalse();
  }

  @Test
  void roundingLeftoverGoesToTheFirstPriorityWithHealthyHosts() {
    // 42 and 56 of 98: 42.8 and 57.1 percent.
    PriorityLoad load = PriorityLoad.of(levels(level(3, 10), level(4, 10)), OVERPROVISIONING, 0);

    assertThat(load.healthy(0)).isEqualTo(43);
    assertThat(load.healthy(1)).isEqualTo(57);
  }

  @Test
  void whenEveryPriorityPanicsHostsAreCountedInsteadOfHealth() {
    PriorityLoad load = load(level(3, 10), level(4, 30));

    assertThat(load.panic(0)).isTrue();
    assertThat(load.panic(1)).isTrue();
    assertThat(load.healthy(0)).isEqualTo(25);
    assertThat(load.healthy(1)).isEqualTo(75);
  }

  @Test
  void onlyThePriorityBelowTheThresholdPanics() {
    // 5 % and 65 %: 7 and 91 of 98.
    PriorityLoad load = load(level(5, 100), level(65, 100));

    assertThat(load.panic(0)).isTrue();
    assertThat(load.panic(1)).isFalse();
    assertThat(load.healthy(0) + load.healthy(1)).isEqualTo(100);
    assertThat(load.healthy(1)).isEqualTo(92);
  }

  @Test
  void healthyHostsAnywhereComeBeforeDegradedHosts() {
    PriorityLoad load = load(new Level(10, 0, 10), level(10, 10));

    assertThat(load.degraded(0)).isZero();
    assertThat(load.healthy(1)).isEqualTo(100);
  }

  @Test
  void degradedHostsTakeWhatHealthyOnesLeave() {
    // 14, 28, 14 healthy and 28, 14, 0 degraded of 98; the two left over go to the first.
    PriorityLoad load =
        PriorityLoad.of(
            levels(new Level(100, 10, 20), new Level(100, 20, 10), new Level(100, 10, 0)),
            OVERPROVISIONING,
            0);

    assertThat(load.healthy(0)).isEqualTo(16);
    assertThat(load.healthy(1)).isEqualTo(28);
    assertThat(load.healthy(2)).isEqualTo(14);
    assertThat(load.degraded(0)).isEqualTo(28);
    assertThat(load.degraded(1)).isEqualTo(14);
    assertThat(load.degraded(2)).isZero();
  }

  @Test
  void degradedHostsCountAgainstPanic() {
    assertThat(load(new Level(10, 1, 4)).panic(0)).isFalse();
    assertThat(load(new Level(10, 1, 3)).panic(0)).isTrue();
  }

  @Test
  void withoutAnyAvailableHostLoadFollowsTheHosts() {
    PriorityLoad load = load(level(0, 0), level(0, 1), level(0, 2));

    assertThat(load.healthy(0)).isZero();
    assertThat(load.healthy(1)).isEqualTo(34);
    assertThat(load.healthy(2)).isEqualTo(66);
    assertThat(load.panic(1)).isTrue();
  }

  @Test
  void w91WithThresholdZeroNothingPanics() {
    PriorityLoad load = PriorityLoad.of(levels(level(0, 10)), OVERPROVISIONING, 0);

    assertThat(load.panic(0)).isFalse();
    assertThat(load.healthy(0)).isEqualTo(100);
  }

  @Test
  void loadAlwaysAddsUpAndNeverGoesToHostsThatAreNotThere() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 20_000; round++) {
      Level[] levels = new Level[1 + random.nextInt(5)];
      int available = 0;
      for (int i = 0; i < levels.length; i++) {
        int total = random.nextInt(12);
        int healthy = random.nextInt(total + 1);
        levels[i] = new Level(total, healthy, random.nextInt(total - healthy + 1));
        available += levels[i].healthy() + levels[i].degraded();
      }
      PriorityLoad load = PriorityLoad.of(levels, 100 + random.nextInt(100), random.nextInt(101));

      int sum = 0;
      for (int i = 0; i < levels.length; i++) {
        sum += load.healthy(i) + load.degraded(i);
        if (available > 0 && !load.panic(i)) {
          assertThat(load.healthy(i) == 0 || levels[i].healthy() > 0).isTrue();
          assertThat(load.degraded(i) == 0 || levels[i].degraded() > 0).isTrue();
        }
      }
      assertThat(sum).isEqualTo(100);
    }
  }

  private static PriorityLoad load(Level... levels) {
    return PriorityLoad.of(levels, OVERPROVISIONING, THRESHOLD);
  }

  private static Level[] levels(Level... levels) {
    return levels;
  }

  private static Level level(int healthy, int total) {
    return new Level(total, healthy, 0);
  }
}
