package io.librarymesh.okhttp;

import io.librarymesh.outcome.TransportFailure;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.Set;

/** What an exception of OkHttp says about an attempt that had its connection. */
final class FailureKind {
  /** How writing fails on a connection that was closed on this side. */
  private static final Set<String> CLOSED_HERE =
      Set.of("closed", "Socket closed", "Socket is closed");

  private FailureKind() {}

  /**
   * The failure in the mesh's words. OkHttp keeps the types of HTTP/2 failures to itself but words
   * them all alike.
   *
   * @param connectionEnded whether the upstream has hung up: the streams of an HTTP/2 connection
   *     are told that they were canceled then, as if the upstream had reset each
   */
  static TransportFailure of(IOException e, boolean connectionEnded) {
    String message = String.valueOf(e.getMessage());
    if (message.equals("unexpected end of stream")) {
      // A body of HTTP/1.1 that is shorter than it says; OkHttp takes it for a protocol error.
      return TransportFailure.CONNECTION_TERMINATION;
    }
    // What reads from an HTTP/2 connection closes it when it cannot make sense of a frame, and may
    // be
    // ahead of what still writes.
    boolean closedHere = !connectionEnded && CLOSED_HERE.contains(message);
    if (e instanceof ProtocolException || isBrokenFrame(message) || closedHere) {
      return TransportFailure.PROTOCOL_ERROR;
    }
    boolean canceledByEnd = connectionEnded && message.endsWith("CANCEL");
    if (!message.startsWith("stream was reset: ") || canceledByEnd) {
      return TransportFailure.CONNECTION_TERMINATION;
    }
    return message.endsWith("REFUSED_STREAM")
        ? TransportFailure.REFUSED_STREAM
        : TransportFailure.REMOTE_RESET;
  }

  private static boolean isBrokenFrame(String message) {
    return message.startsWith("PROTOCOL_ERROR")
        || message.startsWith("FRAME_SIZE_ERROR")
        || message.startsWith("TYPE_");
  }
}
