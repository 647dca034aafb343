package io.librarymesh.kubernetes;

import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CopyOnWriteArrayList;

/** The configuration of a cluster as it is handed out. One thread tells; any may listen. */
final class ConfigChannel implements ConfigStore {
  private static final Logger LOGGER = System.getLogger(ConfigChannel.class.getName());

  private final Runnable end;
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Held while listeners are called, so that none is called after it was taken out. */
  private final Object telling = new Object();

  private volatile ConfigSnapshot snapshot = ConfigSnapshot.EMPTY;

  /**
   * @param end ends the source
   */
  ConfigChannel(Runnable end) {
    this.end = end;
  }

  void tell(ConfigSnapshot now) {
    snapshot = now;
    synchronized (telling) {
      for (Listener listener : listeners) {
        try {
          listener.changed(now);
        } catch (RuntimeException theirs) {
          LOGGER.log(Level.ERROR, "mesh: a listener to configuration failed", theirs);
        }
      }
    }
  }

  @Override
  public ConfigSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public Subscription subscribe(Listener listener) {
    listeners.add(listener);
    return () -> {
      synchronized (telling) {
        listeners.remove(listener);
      }
    };
  }

  @Override
  public void close() {
    synchronized (telling) {
      listeners.clear();
    }
    end.run();
  }
}
