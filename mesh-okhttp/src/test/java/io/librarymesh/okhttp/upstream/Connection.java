package io.librarymesh.okhttp.upstream;

import java.io.IOException;
import java.net.Socket;

/** One accepted connection. Any thread but for {@link #serve}. */
interface Connection {
  /** Makes a connection that speaks one protocol. */
  @FunctionalInterface
  interface Protocol {
    Connection over(String host, Socket socket, Arrivals arrivals) throws IOException;
  }

  /** Reads requests until either side closes the connection; on a thread of its own. */
  void serve() throws IOException;

  boolean isClosed();

  /**
   * Closes when no request is left to be answered, or else after the last answer. The client is
   * told beforehand where the protocol can tell, so that it does not come back.
   */
  void closeAfterAnswers();
}
