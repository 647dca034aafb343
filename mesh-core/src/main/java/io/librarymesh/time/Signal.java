package io.librarymesh.time;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens once: configuration arriving, a connection slot coming free. Any thread.
 *
 * <p>Listeners run on the thread that fires, or at once on the subscribing thread when the signal
 * has fired already. They must be short and must not throw.
 */
public final class Signal {
  private final Object lock = new Object();
  private @Nullable List<Runnable> listeners = new ArrayList<>(1);

  /** Whether the signal has fired. */
  public boolean fired() {
    synchronized (lock) {
      return listeners == null;
    }
  }

  /**
   * Fires the signal and runs its listeners; the lock is not held meanwhile.
   *
   * @return false when it had fired before
   */
  public boolean fire() {
    List<Runnable> due;
    synchronized (lock) {
      if (listeners == null) {
        return false;
      }
      due = listeners;
      listeners = null;
    }
    due.forEach(Runnable::run);
    return true;
  }

  /**
   * Runs {@code listener} when the signal fires.
   *
   * @return a handle that forgets the listener; forgetting after the signal fired does nothing
   */
  public Scheduler.Cancellable subscribe(Runnable listener) {
    synchronized (lock) {
      if (listeners != null) {
        List<Runnable> waiting = listeners;
        waiting.add(listener);
        return () -> forget(listener);
      }
    }
    listener.run();
    return () -> {};
  }

  private void forget(Runnable listener) {
    synchronized (lock) {
      if (listeners != null) {
        listeners.remove(listener);
      }
    }
  }
}
