package io.librarymesh.xds;

import io.librarymesh.config.InboundSource.PortUpdate;
import io.librarymesh.config.InboundSource.PortWatcher;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of this process's own ports, and who follows them. Being subscribed they also give
 * a process that calls nobody a stream to be registered by. Event loop only.
 */
final class InboundListeners implements Dependent {
  private static final Logger LOG = System.getLogger(InboundListeners.class.getName());

  private final ResourceTable<ListenerResource> listeners;
  private final Map<String, Resource<ListenerResource>> subscribed = new LinkedHashMap<>();
  private final List<Follower> followers = new ArrayList<>();
  private Optional<Registration> registration;
  private boolean changed;

  InboundListeners(ResourceTable<ListenerResource> listeners, Optional<Registration> registration) {
    this.listeners = listeners;
    this.registration = registration;
  }

  Optional<Registration> registration() {
    return registration;
  }

  /** Returns whether anything is different now. */
  boolean change(Optional<Registration> next) {
    boolean different = !registration.equals(next);
    registration = next;
    subscribe();
    changed = true;
    return different;
  }

  /** Subscribes to the listeners of the registration as it is now, and to no others. */
  void subscribe() {
    List<String> names =
        registration.stream()
            .flatMap(r -> r.ports().stream().map(port -> name(r.address(), port.port())))
            .toList();
    for (String name : names) {
      subscribed.computeIfAbsent(name, added -> listeners.subscribe(added, this));
    }
    subscribed
        .values()
        .removeIf(
            listener -> {
              boolean surplus = !names.contains(listener.name());
              if (surplus) {
                listeners.unsubscribe(listener, this);
              }
              return surplus;
            });
  }

  private static String name(String address, int port) {
    String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    return ListenerReader.INBOUND_PREFIX + host + ":" + port;
  }

  /** Begins to follow a port. */
  void follow(Follower follower) {
    followers.add(follower);
    changed = true;
  }

  void unfollow(Follower follower) {
    followers.remove(follower);
  }

  @Override
  public void onChange() {
    changed = true;
  }

  /** Tells followers what is different, when the tasks at hand are done. */
  void settle() {
    if (changed) {
      changed = false;
      List.copyOf(followers).forEach(follower -> follower.tell(known(follower.port)));
    }
  }

  private PortUpdate known(int port) {
    Optional<Resource<ListenerResource>> resource =
        registration.map(r -> subscribed.get(name(r.address(), port)));
    if (resource.isEmpty()) {
      return new PortUpdate.Pending("port " + port + " is not registered");
    }
    Resource<ListenerResource> listener = resource.get();
    ListenerResource value = listener.value().orElse(null);
    if (value instanceof ListenerResource.Inbound inbound) {
      return new PortUpdate.Resolved(inbound.listener());
    }
    if (!listener.errors().isEmpty()) {
      return new PortUpdate.Refused(listener + ": " + String.join("; ", listener.errors()));
    }
    if (listener.isSaidToBeAbsent()) {
      return new PortUpdate.Absent(listener + ": " + listener.absence());
    }
    return new PortUpdate.Pending(
        listener + ": " + (listener.absence().isEmpty() ? "not known yet" : listener.absence()));
  }

  void clear() {
    registration = Optional.empty();
    followers.clear();
    subscribe();
  }

  /** One who follows a port. Event loop only, but for its end. */
  static final class Follower {
    private final int port;
    private final PortWatcher watcher;
    private volatile boolean ended;
    private boolean resolved;
    private @Nullable PortUpdate last;

    Follower(int port, PortWatcher watcher) {
      this.port = port;
      this.watcher = watcher;
    }

    /** No update is begun after this. */
    void end() {
      ended = true;
    }

    /** What was asked for stays in force until something else is. */
    private void tell(PortUpdate update) {
      boolean resolution = update instanceof PortUpdate.Resolved;
      if (ended || update.equals(last) || (resolved && !resolution)) {
        return;
      }
      last = update;
      resolved = resolution;
      try {
        watcher.onUpdate(update);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "library-mesh: watcher of port " + port + " failed: " + e, e);
      }
    }
  }
}
