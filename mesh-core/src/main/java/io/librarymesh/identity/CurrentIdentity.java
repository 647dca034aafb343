package io.librarymesh.identity;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is in force, and who wants to hear of it: the part that all sources share, also those of
 * other modules. Any thread.
 */
public final class CurrentIdentity {
  private static final Logger LOG = System.getLogger(CurrentIdentity.class.getName());

  private final List<Consumer<Identity>> listeners = new ArrayList<>();
  private volatile Optional<Identity> current = Optional.empty();
  private volatile Optional<String> problem = Optional.empty();

  /** The identity in force; empty before the first one. */
  public Optional<Identity> get() {
    return current;
  }

  /** Why there is nothing newer; empty when nothing is wrong. */
  public Optional<String> problem() {
    return problem;
  }

  /** Puts an identity in force and tells it, within the lock so that nobody hears them crossed. */
  public synchronized void replace(Identity identity) {
    problem = Optional.empty();
    current = Optional.of(identity);
    LOG.log(Level.INFO, "library-mesh: identity {0}", identity.svid());
    List.copyOf(listeners).forEach(listener -> tell(listener, identity));
  }

  /** Keeps what is in force, and says why there is nothing newer: once, until that changes. */
  public synchronized void failed(String reason) {
    if (!problem.equals(Optional.of(reason))) {
      problem = Optional.of(reason);
      LOG.log(Level.WARNING, "library-mesh: no new identity: {0}", reason);
    }
  }

  /** What is in force is the newest there is. */
  public synchronized void settled() {
    problem = Optional.empty();
  }

  /** As {@link IdentitySource#subscribe}. */
  public synchronized AutoCloseable subscribe(Consumer<Identity> listener) {
    listeners.add(listener);
    current.ifPresent(identity -> tell(listener, identity));
    return () -> unsubscribe(listener);
  }

  private synchronized void unsubscribe(Consumer<Identity> listener) {
    listeners.remove(listener);
  }

  /** A listener's own trouble is not that of the others. */
  private static void tell(Consumer<Identity> listener, Identity identity) {
    try {
      listener.accept(identity);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: a listener to identities failed", e);
    }
  }
}
