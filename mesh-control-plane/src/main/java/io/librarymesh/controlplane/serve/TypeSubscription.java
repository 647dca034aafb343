package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one stream subscribes to of one type, what it was sent and what it made of it. Confined to
 * the state executor.
 */
final class TypeSubscription {

  /** Answers that are remembered while a client is silent; older ones are forgotten. */
  private static final int MAX_IN_FLIGHT = 256;

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, EncodedResource> sent = new LinkedHashMap<>();
  private final Map<String, String> acknowledged = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> inFlight = new LinkedHashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> owed = new LinkedHashSet<>();
  private String lastNonce = "";
  private boolean requested;
  private @Nullable Nack nack;

  /**
   * A refusal.
   *
   * @param nonce of the response that was refused
   * @param message the client's reason
   * @param versions by name, what the response held
   */
  record Nack(String nonce, String message, Map<String, String> versions) {}

  /** Whether this is the first request of the type on the stream; true once. */
  boolean firstRequest() {
    boolean first = !requested;
    requested = true;
    return first;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  /** Subscribes; the client is owed an answer, now or when the resource comes to be. */
  void add(Entry entry) {
    entries.put(entry.name(), entry);
    owed.add(entry.name());
  }

  /** The client has the present version; nothing is owed. */
  void addKnown(Entry entry, EncodedResource content) {
    entries.put(entry.name(), entry);
    sent.put(entry.name(), content);
    acknowledged.put(entry.name(), content.version());
  }

  /** Unsubscribes and forgets what was sent, so that a later subscription is answered. */
  @Nullable Entry remove(String name) {
    sent.remove(name);
    acknowledged.remove(name);
    changed.remove(name);
    owed.remove(name);
    return entries.remove(name);
  }

  /** Puts another entry in the place of one of the same name, as when the client's view changes. */
  void replace(Entry entry) {
    entries.put(entry.name(), entry);
    changed.add(entry.name());
  }

  void markChanged(String name) {
    changed.add(name);
  }

  /** The name is to be sent even if the client has its present version. */
  void owe(String name) {
    if (entries.containsKey(name)) {
      owed.add(name);
    }
  }

  boolean hasWork() {
    return !changed.isEmpty() || !owed.isEmpty();
  }

  /** Resources to send: what is owed, and what differs from what the client was sent. */
  List<EncodedResource> toSend() {
    return due()
        .flatMap(entry -> entry.content().stream())
        .filter(content -> owed.contains(content.name()) || !hasSent(content))
        .toList();
  }

  /** Names that are gone: the client was sent them, or is owed an answer about them. */
  List<String> toRemove() {
    return due()
        .filter(entry -> entry.content().isEmpty() && !entry.isHeld())
        .map(Entry::name)
        .filter(name -> owed.contains(name) || sent.containsKey(name))
        .toList();
  }

  /** What may have to be sent, at the cost of that and not of all subscriptions. */
  private Stream<Entry> due() {
    return Stream.concat(owed.stream(), changed.stream().filter(name -> !owed.contains(name)))
        .flatMap(name -> Stream.ofNullable(entries.get(name)));
  }

  private boolean hasSent(EncodedResource content) {
    EncodedResource before = sent.get(content.name());
    return before != null && before.version().equals(content.version());
  }

  /** What the client was last sent under this name. */
  Optional<EncodedResource> sent(String name) {
    return Optional.ofNullable(sent.get(name));
  }

  /** Notes a response. */
  void sending(String nonce, List<EncodedResource> resources, List<String> removed) {
    lastNonce = nonce;
    Map<String, String> versions = new LinkedHashMap<>();
    for (EncodedResource resource : resources) {
      sent.put(resource.name(), resource);
      versions.put(resource.name(), resource.version());
      Entry entry = entries.get(resource.name());
      if (entry != null && entry.content().isPresent()) {
        settle(resource.name()); // Else it is gone, sent once more, and its removal still due.
      }
    }
    for (String name : removed) {
      sent.remove(name);
      acknowledged.remove(name);
      settle(name);
    }
    inFlight.put(nonce, versions);
    if (inFlight.size() > MAX_IN_FLIGHT) {
      Iterator<String> oldest = inFlight.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Nothing more is due for the name until it changes. */
  void settle(String name) {
    changed.remove(name);
    owed.remove(name);
  }

  String lastNonce() {
    return lastNonce;
  }

  /** Whether there was such a response and it has not been answered yet. */
  boolean isInFlight(String nonce) {
    return inFlight.containsKey(nonce);
  }

  void acknowledge(String nonce) {
    Map<String, String> versions = inFlight.remove(nonce);
    if (versions != null) {
      versions.forEach(
          (name, version) -> {
            if (entries.containsKey(name)) {
              acknowledged.put(name, version);
            }
          });
      nack = null;
    }
  }

  /** Notes a refusal. Nothing is sent again for it: only a change of the resource is. */
  void refuse(String nonce, String message) {
    Map<String, String> versions = inFlight.remove(nonce);
    if (versions != null) {
      nack = new Nack(nonce, message, Map.copyOf(versions));
    }
  }

  Map<String, String> acknowledged() {
    return acknowledged;
  }

  Optional<Nack> nack() {
    return Optional.ofNullable(nack);
  }
}
