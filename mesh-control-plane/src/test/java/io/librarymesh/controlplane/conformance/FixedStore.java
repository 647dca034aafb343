package io.librarymesh.controlplane.conformance;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import java.util.List;

/** A store that never changes. */
final class FixedStore implements ConfigStore {
  private final ConfigSnapshot snapshot;

  FixedStore(List<Resource> resources) {
    this.snapshot = new ConfigSnapshot(resources, List.of(), 1);
  }

  @Override
  public ConfigSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public Subscription subscribe(Listener listener) {
    return () -> {};
  }

  @Override
  public void close() {}
}
