package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MersenneTwisterTest {
  /** The C++ standard names the ten-thousandth number of the default seed. */
  @Test
  void tenThousandthNumberIsThatOfTheStandard() {
    MersenneTwister random = new MersenneTwister();
    random.seed(5489);
    for (int i = 1; i < 10_000; i++) {
      random.nextInt();
    }
    assertThat(Integer.toUnsignedLong(random.nextInt())).isEqualTo(4_123_659_995L);
  }

  @Test
  void firstNumbersOfTheDefaultSeed() {
    MersenneTwister random = new MersenneTwister();
    random.seed(5489);
    assertThat(Integer.toUnsignedLong(random.nextInt())).isEqualTo(3_499_211_612L);
    assertThat(Integer.toUnsignedLong(random.nextInt())).isEqualTo(581_869_302L);
  }

  @Test
  void seedingAgainBeginsAnew() {
    MersenneTwister random = new MersenneTwister();
    random.seed(-1);
    int first = random.nextInt();
    random.nextInt();
    random.seed(-1);
    assertThat(random.nextInt()).isEqualTo(first);
  }

  @Test
  void numbersBelowABoundAreEvenlySpread() {
    MersenneTwister random = new MersenneTwister();
    random.seed(7);
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      counts[random.below(3)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(9_700, 10_300);
    }
    assertThat(random.below(1)).isZero();
  }
}
