package io.librarymesh.config;

/**
 * Faults that a route injects before a request reaches the router. Delay and abort are drawn
 * independently, the delay first. Source: Envoy {@code filters.http.fault.v3.HTTPFault}.
 *
 * @param maxActive how many requests of a mesh may have a fault at one time; one that finds so many
 *     gets none
 */
public record FaultInjection(Delay delay, Abort abort, int maxActive) {
  /** As many as there are. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Injects nothing. */
  public static final FaultInjection NONE = new FaultInjection(Delay.NONE, Abort.NONE);

  public FaultInjection {
    Ranges.requireNotNegative("maxActive", maxActive);
  }

  /** Faults of any number of requests at a time. */
  public FaultInjection(Delay delay, Abort abort) {
    this(delay, abort, UNLIMITED);
  }

  /**
   * Holds requests back.
   *
   * @param share of the requests; of those that ask for a delay, when a header says how long
   * @param nanos how long the request is held back; 0 only when the share is never, or a header
   *     says it
   * @param byHeader whether the request's {@code x-envoy-fault-delay-request} says how many
   *     milliseconds, and {@code x-envoy-fault-delay-request-percentage} may lower the share
   */
  public record Delay(FractionalPercent share, long nanos, boolean byHeader) {
    public static final Delay NONE = new Delay(FractionalPercent.NEVER, 0);

    public Delay {
      if (nanos < 0 || (nanos == 0 && !byHeader && share.numerator() > 0)) {
        throw new IllegalArgumentException("nanos: " + nanos + " (expected: > 0)");
      }
    }

    /** A delay that is always the same. */
    public Delay(FractionalPercent share, long nanos) {
      this(share, nanos, false);
    }

    /** A delay of those requests that ask for one. */
    public static Delay ofHeader(FractionalPercent share) {
      return new Delay(share, 0, true);
    }
  }

  /**
   * Answers requests.
   *
   * @param share of the requests; of those that ask for an answer, when a header says which
   * @param httpStatus the status of the answer, 200 to 599; 0 only when the share is never, there
   *     is a status of gRPC, or a header says it
   * @param grpcStatus the status of gRPC in its place; {@link #NO_GRPC_STATUS} for none
   * @param byHeader whether the request's {@code x-envoy-fault-abort-request} or {@code
   *     x-envoy-fault-abort-grpc-request} says the status, and {@code
   *     x-envoy-fault-abort-request-percentage} may lower the share
   */
  public record Abort(FractionalPercent share, int httpStatus, int grpcStatus, boolean byHeader) {
    public static final int NO_GRPC_STATUS = -1;
    public static final Abort NONE = new Abort(FractionalPercent.NEVER, 0);

    public Abort {
      boolean unused = share.numerator() == 0 || byHeader || grpcStatus >= 0;
      if (!(unused && httpStatus == 0) && (httpStatus < 200 || httpStatus > 599)) {
        throw new IllegalArgumentException("httpStatus: " + httpStatus + " (expected: 200..599)");
      }
      if (grpcStatus < NO_GRPC_STATUS) {
        throw new IllegalArgumentException("grpcStatus: " + grpcStatus + " (expected: >= 0)");
      }
    }

    /** An answer of HTTP. */
    public Abort(FractionalPercent share, int httpStatus) {
      this(share, httpStatus, NO_GRPC_STATUS, false);
    }

    /** An answer of gRPC. */
    public static Abort ofGrpc(FractionalPercent share, int grpcStatus) {
      return new Abort(share, 0, grpcStatus, false);
    }

    /** An answer to those requests that ask for one. */
    public static Abort ofHeader(FractionalPercent share) {
      return new Abort(share, 0, NO_GRPC_STATUS, true);
    }
  }
}
