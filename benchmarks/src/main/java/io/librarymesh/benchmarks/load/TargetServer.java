package io.librarymesh.benchmarks.load;

import java.io.IOException;

/** A server of xDS under load. Calls come from one thread. */
interface TargetServer {

  /**
   * Serves on loopback.
   *
   * @param port 0 for any that is free
   * @return the port
   */
  int start(int port) throws IOException;

  /** Tells that the endpoints of one service are others. */
  void endpointsChanged(int service);

  /** Tells that every cluster is another. */
  void clustersChanged();

  /** Tells that every cluster is another, and the endpoints of every service. */
  void allChanged();

  /** Ends all streams and frees the port; it can be started again. */
  void stop();
}
