package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import io.librarymesh.controlplane.serve.ResourceTable.Seat;
import io.librarymesh.controlplane.serve.WildcardTable.Coverage;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one stream subscribes to, of all types, as its client sees it.
 *
 * <p>A wildcard subscription, to all listeners or all clusters, is kept as one to every name that
 * it stands for at the moment, beside those that the client asked for by name. The other types know
 * names only. Confined to the state executor.
 */
final class Subscriptions implements ResourceTable.Watcher, WildcardTable.Follower {

  /** The name that stands for all. */
  static final String WILDCARD = "*";

  private final DiscoveryState state;
  private final Runnable hasWork;
  private final Map<ResourceType, TypeSubscription> byType = new EnumMap<>(ResourceType.class);
  private @Nullable Seat seat;
  private ClientView view = new ClientView("", Map.of(), "", Dialect.GRPC);

  /**
   * Nothing is subscribed to.
   *
   * @param hasWork run when something may have to be sent that no request asked for
   */
  Subscriptions(DiscoveryState state, Runnable hasWork) {
    this.state = state;
    this.hasWork = hasWork;
  }

  /** Of every type; none until the client has said who it is. */
  Map<ResourceType, TypeSubscription> byType() {
    return Collections.unmodifiableMap(byType);
  }

  TypeSubscription of(ResourceType type) {
    TypeSubscription subscription = byType.get(type);
    if (subscription == null) {
      throw new IllegalStateException("subscriptions: asked for before the client said who it is");
    }
    return subscription;
  }

  private Seat seat() {
    Seat taken = seat;
    if (taken == null) {
      throw new IllegalStateException("subscriptions: asked for before the client said who it is");
    }
    return taken;
  }

  /** Why there is nothing of a name; absent for one that is not subscribed to. */
  Optional<Absence> absence(ResourceType type, String name) {
    return Optional.ofNullable(of(type).find(name)).map(state.resources()::absence);
  }

  /** The client has said who it is. */
  void identified(ClientView identifiedView) {
    view = identifiedView;
    Seat taken = state.resources().join(view, this);
    seat = taken;
    for (ResourceType type : ResourceType.values()) {
      byType.put(type, new TypeSubscription(taken.index(type)));
    }
  }

  /**
   * Takes the change that an incremental request asks for.
   *
   * @param known versions by name that the client has from an earlier stream
   */
  void change(
      ResourceType type,
      List<String> unsubscribed,
      List<String> subscribed,
      Map<String, String> known) {
    TypeSubscription subscription = of(type);
    unsubscribed.forEach(name -> unsubscribe(subscription, name));
    for (String name : subscribed) {
      if (!name.equals(WILDCARD)) {
        subscribe(type, name, known.getOrDefault(name, ""));
      }
    }
    boolean legacy = subscribed.isEmpty() && !subscription.wasRequested();
    if (subscribed.contains(WILDCARD) || legacy) {
      beginWildcard(type, known);
    }
  }

  /** Takes the complete list of a state-of-the-world request. */
  void replace(ResourceType type, List<String> requested) {
    TypeSubscription subscription = of(type);
    boolean legacy = requested.isEmpty() && !subscription.wasEverNamed();
    boolean wildcard = requested.contains(WILDCARD) || legacy;
    if (!requested.isEmpty()) {
      subscription.noteNames();
    }
    if (!wildcard) {
      endWildcard(subscription);
    }
    Set<String> added = new LinkedHashSet<>();
    subscription.compare(requested, added).forEach(entry -> forget(subscription, entry));
    added.remove(WILDCARD);
    added.forEach(name -> subscribe(type, name, ""));
    if (wildcard) {
      beginWildcard(type, Map.of());
    }
  }

  private void subscribe(ResourceType type, String name, String knownVersion) {
    TypeSubscription subscription = of(type);
    Entry known = subscription.find(name);
    if (known != null) {
      subscription.name(known);
      subscription.owe(name);
      return;
    }
    Entry entry = acquire(type, name);
    Optional<EncodedResource> content = ofVersion(entry, knownVersion);
    if (content.isPresent()) {
      subscription.addKnown(entry, content.get());
    } else {
      subscription.add(entry);
    }
    subscription.name(entry);
  }

  private Entry acquire(ResourceType type, String name) {
    return state.resources().acquire(type, name, seat());
  }

  private void release(Entry entry) {
    state.resources().release(entry, seat());
  }

  private static Optional<EncodedResource> ofVersion(Entry entry, @Nullable String version) {
    return entry.content().filter(content -> content.version().equals(version));
  }

  private void unsubscribe(TypeSubscription subscription, String name) {
    if (name.equals(WILDCARD)) {
      endWildcard(subscription);
      return;
    }
    Entry entry = subscription.find(name);
    boolean wildcard = subscription.coverage().isPresent();
    // The client cannot know whether the wildcard stands for the name, and has to be told.
    if (entry == null) {
      if (wildcard) {
        subscription.dropUnknown(name);
      }
    } else if (!wildcard) {
      forget(subscription, entry);
    } else if (isCovered(subscription, name)) {
      subscription.unname(entry);
      subscription.owe(name);
    } else {
      subscription.drop(entry);
      release(entry);
    }
  }

  private static boolean isCovered(TypeSubscription subscription, String name) {
    return subscription.coverage().filter(coverage -> coverage.names().contains(name)).isPresent();
  }

  /** The client no longer asks for it, and need not be told. */
  private void forget(TypeSubscription subscription, Entry entry) {
    subscription.unname(entry);
    if (!isCovered(subscription, entry.name())) {
      subscription.remove(entry);
      release(entry);
    }
  }

  /** The wildcard no longer stands for it; a client that has it is told that it is gone. */
  private void uncover(TypeSubscription subscription, Entry entry) {
    if (subscription.sent(entry) == null) {
      subscription.remove(entry);
    } else {
      subscription.drop(entry);
    }
    release(entry);
  }

  private void beginWildcard(ResourceType type, Map<String, String> known) {
    TypeSubscription subscription = of(type);
    if (!type.isFullState() || subscription.coverage().isPresent()) {
      return;
    }
    Coverage coverage = state.wildcards().follow(type, view, this);
    subscription.beginWildcard(coverage);
    cover(type, coverage.names(), known);
    known.keySet().stream()
        .filter(name -> !subscription.isSubscribed(name))
        .forEach(subscription::dropUnknown);
  }

  private void cover(ResourceType type, Set<String> names, Map<String, String> known) {
    TypeSubscription subscription = of(type);
    for (String name : names) {
      if (!subscription.isSubscribed(name)) {
        Entry entry = acquire(type, name);
        Optional<EncodedResource> content = ofVersion(entry, known.get(name));
        if (content.isPresent()) {
          subscription.addKnown(entry, content.get());
        } else if (known.containsKey(name)) {
          subscription.add(entry);
        } else {
          subscription.cover(entry);
        }
      }
    }
  }

  /** Names remain; the client knows by itself what it no longer asks for. */
  private void endWildcard(TypeSubscription subscription) {
    Optional<Coverage> coverage = subscription.coverage();
    if (coverage.isPresent()) {
      List<Entry> unnamed = subscription.entries();
      unnamed.removeIf(subscription::isNamed);
      state.wildcards().leave(coverage.get(), this);
      subscription.endWildcard();
      unnamed.forEach(entry -> forget(subscription, entry));
    }
  }

  @Override
  public void covers(ResourceType type, Set<String> added, Set<String> removed) {
    TypeSubscription subscription = of(type);
    cover(type, added, Map.of());
    for (String name : removed) {
      Entry entry = subscription.find(name);
      if (entry != null && !subscription.isNamed(entry)) {
        uncover(subscription, entry);
      }
    }
    hasWork.run();
  }

  @Override
  public void changed(Entry entry) {
    of(entry.type()).markChanged(entry);
    hasWork.run();
  }

  /** The rules changed which of the client's labels matter; its resources are looked up again. */
  void rebase(ClientView newView) {
    if (!newView.equals(view)) {
      Seat before = seat();
      view = newView;
      seat = state.resources().join(newView, this);
      byType.forEach((type, subscription) -> rebase(type, subscription, before));
      state.resources().leave(before);
      hasWork.run();
    }
  }

  private void rebase(ResourceType type, TypeSubscription subscription, Seat before) {
    Optional<Coverage> coverage = subscription.coverage();
    Set<String> covered = new HashSet<>();
    if (coverage.isPresent()) {
      Coverage after = state.wildcards().follow(type, view, this);
      state.wildcards().leave(coverage.get(), this);
      subscription.replaceCoverage(after);
      covered.addAll(after.names());
    }
    List<Entry> entries = subscription.entries();
    Set<Entry> named = new HashSet<>(entries);
    named.removeIf(entry -> !subscription.isNamed(entry));
    subscription.rebase(
        seat().index(type),
        old ->
            named.contains(old) || covered.contains(old.name()) ? acquire(type, old.name()) : null);
    entries.forEach(entry -> state.resources().release(entry, before));
    cover(type, covered, Map.of());
  }

  /** Ends everything. */
  void clear() {
    for (TypeSubscription subscription : byType.values()) {
      endWildcard(subscription);
      subscription.entries().forEach(entry -> forget(subscription, entry));
    }
    byType.clear();
    if (seat != null) {
      state.resources().leave(seat);
      seat = null;
    }
  }
}
