package io.librarymesh.xds;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.ConfigSource.Watcher;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** One watcher of a target. Delivers on the event loop; any thread may end it. */
final class WatcherHandle {
  private static final Logger LOG = System.getLogger(WatcherHandle.class.getName());

  private final String authority;
  private final Watcher watcher;
  private volatile boolean ended;

  WatcherHandle(String authority, Watcher watcher) {
    this.authority = authority;
    this.watcher = watcher;
  }

  /** No update is begun after this. */
  void end() {
    ended = true;
  }

  void deliver(Update update) {
    if (ended) {
      return;
    }
    try {
      watcher.onUpdate(update);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "library-mesh: watcher of " + authority + " failed: " + e, e);
    }
  }
}
