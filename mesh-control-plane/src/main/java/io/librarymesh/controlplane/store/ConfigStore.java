package io.librarymesh.controlplane.store;

/** A source of configuration that may change. The directory store is the first kind. */
public interface ConfigStore extends AutoCloseable {

  /** What is in force now. Never blocks; any thread. */
  ConfigSnapshot snapshot();

  /**
   * Has the listener called with every new snapshot from now on, in order, one call at a time, from
   * the store's own thread. The present snapshot is not sent: subscribe first, then ask for {@link
   * #snapshot()}. Snapshots may be skipped when several changes come close together. A listener
   * that throws does not disturb the store or other listeners.
   *
   * @return ends the subscription when closed; any thread
   */
  Subscription subscribe(Listener listener);

  /** Stops watching; no listener is called after this returns. The last snapshot stays readable. */
  @Override
  void close();

  /** Takes snapshots from a store. */
  @FunctionalInterface
  interface Listener {

    /** Called after each change with what is in force then. */
    void changed(ConfigSnapshot snapshot);
  }

  /** Ends a subscription. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {

    /** The listener is not called again once this has returned; may be called more than once. */
    @Override
    void close();
  }
}
