package io.librarymesh.testkit;

/**
 * The counts that chance allows: for {@code trials} independent draws that hit with {@code
 * probability}, the smallest range outside of which the count falls with at most {@code risk}, half
 * of it on each side. Exact, not a normal approximation, which is wrong where it matters: for rare
 * hits.
 *
 * @param low the smallest count allowed
 * @param high the largest count allowed
 */
public record BinomialBounds(int low, int high) {
  /**
   * Computes the bounds.
   *
   * @param trials at least 0
   * @param probability of one hit, 0 to 1; at 0 and 1 there is one count only
   * @param risk of a false alarm, above 0 and below 1, for example 1e-9
   */
  public static BinomialBounds of(int trials, double probability, double risk) {
    if (trials < 0) {
      throw new IllegalArgumentException("trials: " + trials + " (expected: >= 0)");
    }
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: " + probability + " (expected: 0..1)");
    }
    if (!(risk > 0 && risk < 1)) {
      throw new IllegalArgumentException("risk: " + risk + " (expected: above 0, below 1)");
    }
    if (probability == 0) {
      return new BinomialBounds(0, 0);
    }
    if (probability == 1) {
      return new BinomialBounds(trials, trials);
    }
    double[] mass = mass(trials, probability);
    return new BinomialBounds(low(mass, risk / 2), high(mass, risk / 2));
  }

  /** Whether chance allows {@code count}. */
  public boolean allows(int count) {
    return count >= low && count <= high;
  }

  /** The first count at which the lower tail, that count included, exceeds the risk. */
  private static int low(double[] mass, double risk) {
    double tail = 0;
    int count = 0;
    while (count < mass.length - 1) {
      tail += mass[count];
      if (tail > risk) {
        break;
      }
      count++;
    }
    return count;
  }

  private static int high(double[] mass, double risk) {
    double tail = 0;
    int count = mass.length - 1;
    while (count > 0) {
      tail += mass[count];
      if (tail > risk) {
        break;
      }
      count--;
    }
    return count;
  }

  /**
   * The probability of each count, by the ratio of neighbours in logarithms, so that nothing
   * underflows on the way.
   */
  private static double[] mass(int trials, double probability) {
    double[] mass = new double[trials + 1];
    double odds = Math.log(probability) - Math.log1p(-probability);
    double log = trials * Math.log1p(-probability);
    for (int count = 0; count <= trials; count++) {
      mass[count] = Math.exp(log);
      log += Math.log((double) (trials - count) / (count + 1)) + odds;
    }
    return mass;
  }
}
