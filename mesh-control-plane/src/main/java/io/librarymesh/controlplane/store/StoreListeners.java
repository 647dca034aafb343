package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.store.ConfigStore.Listener;
import io.librarymesh.controlplane.store.ConfigStore.Subscription;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Who listens to a store. One that throws disturbs nobody, and none is called once its subscription
 * has ended. Any thread may subscribe; one at a time tells.
 */
public final class StoreListeners {
  private static final Logger LOGGER = System.getLogger(StoreListeners.class.getName());

  private final CopyOnWriteArrayList<Registration> registrations = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /** See {@link ConfigStore#subscribe}. */
  public Subscription subscribe(Listener listener) {
    Registration registration = new Registration(listener);
    registrations.add(registration);
    return () -> {
      registrations.remove(registration);
      registration.end();
    };
  }

  /** Tells everybody what is in force now. */
  public void tell(ConfigSnapshot snapshot) {
    registrations.forEach(registration -> registration.call(snapshot));
  }

  /** Nobody is told anything once this has returned. */
  public void close() {
    closed = true;
    registrations.forEach(Registration::end);
  }

  /** One listener, until its subscription ends. */
  private final class Registration {
    private @Nullable Listener listener;

    Registration(Listener listener) {
      this.listener = listener;
    }

    synchronized void end() {
      listener = null;
    }

    synchronized void call(ConfigSnapshot changed) {
      if (listener == null || closed) {
        return;
      }
      try {
        listener.changed(changed);
      } catch (RuntimeException theirs) {
        LOGGER.log(Level.ERROR, "mesh: a listener to configuration failed", theirs);
      }
    }
  }
}
