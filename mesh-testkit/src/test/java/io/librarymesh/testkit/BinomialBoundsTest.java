package io.librarymesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BinomialBoundsTest {
  @Test
  void aFairCoinThrownTenTimesMayFallAnywayAtSmallRisk() {
    // Each end has a probability of 1/1024, about 9.8e-4.
    assertThat(BinomialBounds.of(10, 0.5, 1e-9)).isEqualTo(new BinomialBounds(0, 10));
    assertThat(BinomialBounds.of(10, 0.5, 2 * 1.0e-3)).isEqualTo(new BinomialBounds(1, 9));
  }

  @Test
  void certaintyAllowsOneCountOnly() {
    assertThat(BinomialBounds.of(100, 0, 0.5)).isEqualTo(new BinomialBounds(0, 0));
    assertThat(BinomialBounds.of(100, 1, 0.5)).isEqualTo(new BinomialBounds(100, 100));
  }

  @Test
  void theTailsOutsideTheBoundsAreWithinTheRiskAndOneMoreWouldNotBe() {
    int trials = 200;
    double probability = 0.02;
    double risk = 1e-3;
    BinomialBounds bounds = BinomialBounds.of(trials, probability, risk);
    assertThat(upperTail(trials, probability, bounds.high() + 1)).isLessThanOrEqualTo(risk / 2);
    assertThat(upperTail(trials, probability, bounds.high())).isGreaterThan(risk / 2);
    // 0.98^200 is 0.0176: no count is too low.
    assertThat(bounds.low()).isZero();
  }

  @Test
  void theBoundsOfTenThousandAtTwoPercentAreThoseOfThePoissonLikeTail() {
    BinomialBounds bounds = BinomialBounds.of(10_000, 0.02, 1e-9);
    assertThat(bounds.allows(200)).isTrue();
    assertThat(bounds.allows(100)).isFalse();
    assertThat(bounds.allows(300)).isFalse();
    assertThat(upperTail(10_000, 0.02, bounds.high() + 1)).isLessThanOrEqualTo(0.5e-9);
    assertThat(upperTail(10_000, 0.02, bounds.high())).isGreaterThan(0.5e-9);
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> BinomialBounds.of(1, 1.5, 0.1))
        .hasMessage("probability: 1.5 (expected: 0..1)");
    assertThatThrownBy(() -> BinomialBounds.of(1, 0.5, 0))
        .hasMessage("risk: 0.0 (expected: above 0, below 1)");
  }

  /** Summed with factorials in logarithms, another way than the code under test goes. */
  private static double upperTail(int n, double p, int from) {
    double sum = 0;
    for (int k = from; k <= n; k++) {
      sum +=
          Math.exp(
              logFactorial(n)
                  - logFactorial(k)
                  - logFactorial(n - k)
                  + k * Math.log(p)
                  + (n - k) * Math.log(1 - p));
    }
    return sum;
  }

  private static double logFactorial(int n) {
    double sum = 0;
    for (int i = 2; i <= n; i++) {
      sum += Math.log(i);
    }
    return sum;
  }
}
