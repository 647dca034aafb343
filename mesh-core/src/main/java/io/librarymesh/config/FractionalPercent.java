package io.librarymesh.config;

/**
 * A share of all draws: it hits when a draw below {@code denominator} is below {@code numerator}.
 * Source: Envoy {@code type.v3.FractionalPercent}.
 *
 * @param numerator not negative; at or above the denominator means always
 * @param denominator 100, 10,000 or 1,000,000
 */
public record FractionalPercent(int numerator, int denominator) {
  /** In how many parts a share can be told exactly, whatever its denominator. */
  public static final int MILLION = 1_000_000;

  /** Never hits. */
  public static final FractionalPercent NEVER = new FractionalPercent(0, 100);

  /** Always hits. */
  public static final FractionalPercent ALWAYS = new FractionalPercent(100, 100);

  public FractionalPercent {
    if (numerator < 0) {
      throw new IllegalArgumentException("numerator: " + numerator + " (expected: >= 0)");
    }
    if (denominator != 100 && denominator != 10_000 && denominator != 1_000_000) {
      throw new IllegalArgumentException(
          "denominator: " + denominator + " (expected: 100, 10000 or 1000000)");
    }
  }

  /** In millionths, {@link #MILLION} at most. */
  public int perMillion() {
    return (int) Math.min((long) numerator * (MILLION / denominator), MILLION);
  }
}
