package io.librarymesh.controlplane.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Several stores as one, such as a directory and a cluster. What two of them declare is taken from
 * the one that stands first; the other gets an error. Any thread may call; a listener is called
 * from the thread of the store that changed, one call at a time.
 */
public final class CombinedStore implements ConfigStore {
  private final List<ConfigStore> stores;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final StoreListeners listeners = new StoreListeners();

  private CombinedStore(List<ConfigStore> stores) {
    this.stores = List.copyOf(stores);
  }

  /**
   * Follows the stores, which are closed together with this one.
   *
   * @param stores in the order in which they are asked for a resource
   */
  public static CombinedStore of(List<ConfigStore> stores) {
    CombinedStore combined = new CombinedStore(stores);
    stores.forEach(
        store -> combined.subscriptions.add(store.subscribe(changed -> combined.tell())));
    return combined;
  }

  @Override
  public ConfigSnapshot snapshot() {
    SnapshotMerge merge = new SnapshotMerge();
    long generation = 0;
    for (ConfigStore store : stores) {
      ConfigSnapshot snapshot = store.snapshot();
      merge.add(snapshot.resources(), snapshot.findings(), true);
      // Each one's only grows, and so does their sum.
      generation += snapshot.generation();
    }
    return merge.toSnapshot(generation, List.of());
  }

  @Override
  public Subscription subscribe(Listener listener) {
    return listeners.subscribe(listener);
  }

  @Override
  public void close() {
    subscriptions.forEach(Subscription::close);
    stores.forEach(ConfigStore::close);
  }

  /** One at a time, so that the last that is told is the newest. */
  private synchronized void tell() {
    listeners.tell(snapshot());
  }
}
