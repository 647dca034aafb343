package io.librarymesh.fault;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.time.Ticker;

/** Which fault a request gets. */
public sealed interface FaultDecision {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The kinds of decision. */
  enum Kind {
    NONE,
    ABORT,
    DELAY,
    THROTTLE
  }

  /** The request goes on. */
  enum None implements FaultDecision {
    INSTANCE;

    @Override
    public Kind kind() {
      return Kind.NONE;
    }
  }

  /**
   * The request is answered without an upstream, with the body {@code fault filter abort} and flag
   * FI; no retry, limit or outlier detection sees it.
   *
   * @param status 200 to 599; 200 where there is a status of gRPC
   * @param grpcStatus {@link io.librarymesh.config.FaultInjection.Abort#NO_GRPC_STATUS} for none
   */
  record Abort(int status, int grpcStatus) implements FaultDecision {
    /** An answer of HTTP. */
    public Abort(int status) {
      this(status, FaultInjection.Abort.NO_GRPC_STATUS);
    }

    @Override
    public Kind kind() {
      return Kind.ABORT;
    }
  }

  /**
   * The request is held back, flag DI, before the route's timeout begins to run.
   *
   * @param nanos how long; more than 0
   * @param then what happens after that: {@link None} or {@link Abort}
   */
  record Delay(long nanos, FaultDecision then) implements FaultDecision {
    @Override
    public Kind kind() {
      return Kind.DELAY;
    }
  }

  /**
   * The body of the response is slowed down.
   *
   * @param kibPerSecond KiB a second; more than 0
   * @param then what happens besides that: {@link None}, {@link Abort} or {@link Delay}
   */
  record Throttle(long kibPerSecond, FaultDecision then) implements FaultDecision {
    /** The pace of the response, from now on. */
    public ResponsePace pace(Ticker ticker) {
      return new ResponsePace(kibPerSecond, ticker);
    }

    @Override
    public Kind kind() {
      return Kind.THROTTLE;
    }
  }
}
