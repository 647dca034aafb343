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
   */
  record Body(String text, long endsAfterNanos, boolean breaks) {}

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
