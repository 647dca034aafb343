package io.librarymesh.kubernetes;

import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import io.librarymesh.controlplane.store.StoreListeners;

/** The configuration of a cluster as it is handed out. One thread tells; any may listen. */
final class ConfigChannel implements ConfigStore {
  private final Runnable end;
  private final StoreListeners listeners = new StoreListeners();
  private volatile ConfigSnapshot snapshot = ConfigSnapshot.EMPTY;

  /**
   * @param end ends the source
   */
  ConfigChannel(Runnable end) {
    this.end = end;
  }

  void tell(ConfigSnapshot now) {
    snapshot = now;
    listeners.tell(now);
  }

  @Override
  public ConfigSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public Subscription subscribe(Listener listener) {
    return listeners.subscribe(listener);
  }

  @Override
  public void close() {
    listeners.close();
    end.run();
  }
}
