package io.librarymesh.okhttp;

import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;

/**
 * Closes the connections of a pool that nobody will use again: those that are idle at once, the
 * others when what goes over them has ended. Any thread.
 */
final class Retirement extends EventListener {
  private final ConnectionPool pool;
  private volatile boolean begun;

  Retirement(ConnectionPool pool) {
    this.pool = pool;
  }

  void begin() {
    begun = true;
    pool.evictAll();
  }

  /** The connection is back in its pool by now. */
  @Override
  public void connectionReleased(Call call, Connection connection) {
    if (begun) {
      pool.evictAll();
    }
  }
}
