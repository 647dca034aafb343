package io.librarymesh.testkit.conformance;

import io.librarymesh.outcome.TransportFailure;
import java.util.Map;

/** What an upstream does with one attempt. */
public sealed interface Answer {
  /** How long after the attempt was sent, in nanoseconds. */
  long afterNanos();

  /** Whether the attempt has its connection from the start, not only when this happens. */
  boolean connectsAtOnce();

  /**
   * A response.
   *
   * @param headers names in lower case
   * @param trailers names in lower case
   */
  record Respond(
      int status,
      Map<String, String> headers,
      Body body,
      Map<String, String> trailers,
      long afterNanos,
      boolean connectsAtOnce)
      implements Answer {
    public Respond {
      headers = Map.copyOf(headers);
      trailers = Map.copyOf(trailers);
    }
  }

  /**
   * A response body.
   *
   * @param endsAfterNanos from the response head to the end of the body
   * @param breaks whether it ends with the connection instead of its last byte
   * @param pieces in how many pieces of equal length it comes, the last of them at its end and the
   *     others evenly spread before that
   */
  record Body(String text, long endsAfterNanos, boolean breaks, int pieces) {
    public Body {
      if (pieces < 1 || (pieces > 1 && text.length() % pieces != 0)) {
        throw new IllegalArgumentException(
            "pieces: " + pieces + " (expected: of equal length, of " + text.length() + ")");
      }
    }

    /** A body in one piece. */
    public Body(String text, long endsAfterNanos, boolean breaks) {
      this(text, endsAfterNanos, breaks, 1);
    }

    /** How long after the head, or the piece before it, a piece comes. */
    public long pieceAfterNanos() {
      return endsAfterNanos / pieces;
    }

    /** A piece, counted from zero. */
    public String piece(int index) {
      int length = text.length() / pieces;
      return text.substring(index * length, (index + 1) * length);
    }
  }

  /**
   * An end without a response.
   *
   * @param requestSent whether any of the request had reached the upstream
   */
  record Fail(
      TransportFailure failure, boolean requestSent, long afterNanos, boolean connectsAtOnce)
      implements Answer {}

  /** Silence: only a timeout or the caller ends the attempt. */
  record Hang() implements Answer {
    @Override
    public long afterNanos() {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean connectsAtOnce() {
      return true;
    }
  }
}
