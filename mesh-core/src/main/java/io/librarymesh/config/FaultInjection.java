package io.librarymesh.config;

import java.util.List;
import java.util.Set;

/**
 * Faults that a route injects before a request reaches the router. The limit of the response's
 * rate, the delay and the abort are drawn independently, in this order. Source: Envoy {@code
 * filters.http.fault.v3.HTTPFault}.
 *
 * @param maxActive how many requests of a mesh may have a fault at one time; one that finds so many
 *     gets none
 * @param gate which requests may get a fault
 */
public record FaultInjection(
    Delay delay, Abort abort, ResponseRateLimit responseRateLimit, Gate gate, int maxActive) {
  /** As many as there are. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Injects nothing. */
  public static final FaultInjection NONE = new FaultInjection(Delay.NONE, Abort.NONE);

  public FaultInjection {
    Ranges.requireNotNegative("maxActive", maxActive);
  }

  /** Faults of any number of requests at a time, whatever they are. */
  public FaultInjection(Delay delay, Abort abort) {
    this(delay, abort, ResponseRateLimit.NONE, Gate.OPEN, UNLIMITED);
  }

  /** Faults of any requests. */
  public FaultInjection(Delay delay, Abort abort, int maxActive) {
    this(delay, abort, ResponseRateLimit.NONE, Gate.OPEN, maxActive);
  }

  /**
   * Which requests may get a fault; those that meet all conditions.
   *
   * @param upstreamCluster the cluster that the request must be on its way to; empty for any
   * @param downstreamNodes one of which {@code x-envoy-downstream-service-node} must name; empty
   *     for any
   * @param headers of the request
   */
  public record Gate(
      String upstreamCluster, Set<String> downstreamNodes, List<HeaderMatch> headers) {
    /** For all requests. */
    public static final Gate OPEN = new Gate("", Set.of(), List.of());

    public Gate {
      downstreamNodes = Set.copyOf(downstreamNodes);
      headers = List.copyOf(headers);
    }
  }

  /**
   * Slows the bodies of responses down.
   *
   * @param share of the requests; of those that ask for a limit, when a header says which
   * @param kibPerSecond KiB a second; 0 only when the share is never, or a header says it
   * @param byHeader whether the request's {@code x-envoy-fault-throughput-response} says how many
   *     KiB a second, and {@code x-envoy-fault-throughput-response-percentage} may lower the share
   */
  public record ResponseRateLimit(FractionalPercent share, long kibPerSecond, boolean byHeader) {
    public static final ResponseRateLimit NONE = new ResponseRateLimit(FractionalPercent.NEVER, 0);

    public ResponseRateLimit {
      if (kibPerSecond < 0 || (kibPerSecond == 0 && !byHeader && share.numerator() > 0)) {
        throw new IllegalArgumentException("kibPerSecond: " + kibPerSecond + " (expected: >= 1)");
      }
    }

    /** A limit that is always the same. */
    public ResponseRateLimit(FractionalPercent share, long kibPerSecond) {
      this(share, kibPerSecond, false);
    }

    /** A limit for those requests that ask for one. */
    public static ResponseRateLimit ofHeader(FractionalPercent share) {
      return new ResponseRateLimit(share, 0, true);
    }
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
