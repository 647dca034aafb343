package io.librarymesh.okhttp.upstream;

/** Accepts connections on one port until it is closed. */
interface Listener {
  /**
   * Ends listening; when this comes back, connections are refused. Idle ones are closed, the others
   * with the last answer.
   */
  void close();
}
