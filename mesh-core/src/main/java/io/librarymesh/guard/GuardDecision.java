package io.librarymesh.guard;

import io.librarymesh.config.StoredResponse;
import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/** Whether a request may go on. */
public sealed interface GuardDecision {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The kinds of decision. */
  enum Kind {
    PASS,
    WAIT,
    REFUSE,
    ANSWER
  }

  /** The request goes on. */
  enum Pass implements GuardDecision {
    INSTANCE;

    @Override
    public Kind kind() {
      return Kind.PASS;
    }
  }

  /**
   * The request is asked about again, by {@link GuardedCall#proceed}, when the signal fires or the
   * time has passed.
   *
   * @param nanos from now; more than 0
   * @param signal null when only time is waited for
   */
  record Wait(long nanos, @Nullable Signal signal) implements GuardDecision {
    @Override
    public Kind kind() {
      return Kind.WAIT;
    }
  }

  /**
   * The request is not sent.
   *
   * @param detail which limit, of which rule of which policy
   */
  record Refuse(Limit limit, String detail) implements GuardDecision {
    @Override
    public Kind kind() {
      return Kind.REFUSE;
    }
  }

  /**
   * The request is not sent, because an equal one has just been answered.
   *
   * @param flags of the call that got the answer, in the caller's own code
   */
  record Answer(StoredResponse response, int flags) implements GuardDecision {
    @Override
    public Kind kind() {
      return Kind.ANSWER;
    }
  }

  /** What a request was refused by. */
  enum Limit {
    RATE_LIMIT,
    BULKHEAD,
    ADAPTIVE_CONCURRENCY
  }
}
