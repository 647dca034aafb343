package io.librarymesh.config;

/**
 * Faults that a route injects before a request reaches the router. Delay and abort are drawn
 * independently, the delay first. Source: Envoy {@code filters.http.fault.v3.HTTPFault}.
 */
public record FaultInjection(Delay delay, Abort abort) {
  /** Injects nothing. */
  public static final FaultInjection NONE = new FaultInjection(Delay.NONE, Abort.NONE);

  /**
   * Holds requests back.
   *
   * @param nanos how long the request is held back; 0 only when the share is never
   */
  public record Delay(FractionalPercent share, long nanos) {
    public static final Delay NONE = new Delay(FractionalPercent.NEVER, 0);

    public Delay {
      if (nanos < 0 || (nanos == 0 && share.numerator() > 0)) {
        throw new IllegalArgumentException("nanos: " + nanos + " (expected: > 0)");
      }
    }
  }

  /**
   * Answers requests.
   *
   * @param httpStatus the status of the answer, 200 to 599; 0 only when the share is never
   */
  public record Abort(FractionalPercent share, int httpStatus) {
    public static final Abort NONE = new Abort(FractionalPercent.NEVER, 0);

    public Abort {
      boolean unused = httpStatus == 0 && share.numerator() == 0;
      if (!unused && (httpStatus < 200 || httpStatus > 599)) {
        throw new IllegalArgumentException("httpStatus: " + httpStatus + " (expected: 200..599)");
      }
    }
  }
}
