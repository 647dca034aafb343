package io.librarymesh.fault;

/** Which fault a request gets. */
public sealed interface FaultDecision {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The kinds of decision. */
  enum Kind {
    NONE,
    ABORT,
    DELAY
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
   * @param status 200 to 599
   */
  record Abort(int status) implements FaultDecision {
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
}
