package io.librarymesh.xds;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The listeners of this process's own ports. What they say is not carried out yet; being subscribed
 * they give a process that calls nobody a stream to be registered by. Event loop only.
 */
final class InboundListeners implements Dependent {
  private final ResourceTable<ListenerResource> listeners;
  private final Map<String, Resource<ListenerResource>> subscribed = new LinkedHashMap<>();
  private Optional<Registration> registration;

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

  @Override
  public void onChange() {
    // Nothing is made of them yet.
  }

  void clear() {
    registration = Optional.empty();
    subscribe();
  }
}
