package io.librarymesh.guard;

import io.librarymesh.config.StoredResponse;

/** What is done about a failure. */
public sealed interface FallbackDecision {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The kinds of decision. */
  enum Kind {
    NONE,
    FORWARD,
    ANSWER
  }

  /** The caller sees it. */
  enum None implements FallbackDecision {
    INSTANCE;

    @Override
    public Kind kind() {
      return Kind.NONE;
    }
  }

  /** The request is sent to this cluster, once. If that fails too, ask again. */
  record Forward(String cluster) implements FallbackDecision {
    @Override
    public Kind kind() {
      return Kind.FORWARD;
    }
  }

  /**
   * The caller gets this instead.
   *
   * @param kept whether it is as a caller got it before, so that nothing more is done to it
   */
  record Answer(StoredResponse response, boolean kept) implements FallbackDecision {
    @Override
    public Kind kind() {
      return Kind.ANSWER;
    }
  }
}
