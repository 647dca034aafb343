package io.librarymesh.controlplane.istio;

/**
 * A share of requests, as Istio's {@code Percent} message writes it.
 *
 * @param value the share in percent, 0 to 100; 0.5 is half a percent
 */
public record Percent(double value) {

  /** Never. */
  public static final Percent ZERO = new Percent(0);

  /** Always. */
  public static final Percent ALL = new Percent(100);

  /**
   * The share in millionths, truncated: Istio sends {@code value * 10000} over the denominator
   * MILLION.
   */
  public int perMillion() {
    return (int) (value * 10_000);
  }
}
