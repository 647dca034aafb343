package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import io.librarymesh.controlplane.serve.WildcardTable.Coverage;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.Collections;
import java.util.EnumMap;
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
  private ClientView view = new ClientView("", Map.of(), "", Dialect.GRPC);

  /**
   * Nothing is subscribed to.
   *
   * @param hasWork run when something may have to be sent that no request asked for
   */
  Subscriptions(DiscoveryState state, Runnable hasWork) {
    this.state = state;
    this.hasWork = hasWork;
    for (ResourceType type : ResourceType.values()) {
      byType.put(type, new TypeSubscription());
    }
  }

  Map<ResourceType, TypeSubscription> byType() {
    return Collections.unmodifiableMap(byType);
  }

  TypeSubscription of(ResourceType type) {
    return byType.computeIfAbsent(type, t -> new TypeSubscription());
  }

  /** Why there is nothing of a name; absent for one that is not subscribed to. */
  Optional<Absence> absence(ResourceType type, String name) {
    return Optional.ofNullable(of(type).entries().get(name)).map(state.resources()::absence);
  }

  /** The client has said who it is. */
  void identified(ClientView identifiedView) {
    view = identifiedView;
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
    Set<String> names = new LinkedHashSet<>(requested);
    boolean legacy = names.isEmpty() && !subscription.wasEverNamed();
    boolean wildcard = names.remove(WILDCARD) || legacy;
    if (!requested.isEmpty()) {
      subscription.noteNames();
    }
    if (!wildcard) {
      endWildcard(subscription);
    }
    List<String> dropped =
        subscription.entries().keySet().stream()
            .filter(name -> subscription.isNamed(name) && !names.contains(name))
            .toList();
    dropped.forEach(name -> forget(subscription, name));
    for (String name : names) {
      if (!subscription.isNamed(name)) {
        subscribe(type, name, "");
      }
    }
    if (wildcard) {
      beginWildcard(type, Map.of());
    }
  }

  private void subscribe(ResourceType type, String name, String knownVersion) {
    TypeSubscription subscription = of(type);
    subscription.name(name);
    if (subscription.entries().containsKey(name)) {
      subscription.owe(name);
      return;
    }
    Entry entry = acquire(type, name);
    Optional<EncodedResource> known = ofVersion(entry, knownVersion);
    if (known.isPresent()) {
      subscription.addKnown(entry, known.get());
    } else {
      subscription.add(entry);
    }
  }

  private Entry acquire(ResourceType type, String name) {
    return state.resources().acquire(type, name, view, this);
  }

  private void release(@Nullable Entry entry) {
    if (entry != null) {
      state.resources().release(entry, this);
    }
  }

  private static Optional<EncodedResource> ofVersion(Entry entry, @Nullable String version) {
    return entry.content().filter(content -> content.version().equals(version));
  }

  private void unsubscribe(TypeSubscription subscription, String name) {
    if (name.equals(WILDCARD)) {
      endWildcard(subscription);
    } else if (subscription.coverage().isEmpty()) {
      forget(subscription, name);
    } else {
      subscription.unname(name);
      // The client cannot know whether the wildcard stands for the name, and has to be told.
      if (isCovered(subscription, name)) {
        subscription.owe(name);
      } else {
        release(subscription.drop(name));
      }
    }
  }

  private static boolean isCovered(TypeSubscription subscription, String name) {
    return subscription.coverage().filter(coverage -> coverage.names().contains(name)).isPresent();
  }

  /** The client no longer asks for it, and need not be told. */
  private void forget(TypeSubscription subscription, String name) {
    subscription.unname(name);
    if (!isCovered(subscription, name)) {
      release(subscription.remove(name));
    }
  }

  /** The wildcard no longer stands for it; a client that has it is told that it is gone. */
  private void uncover(TypeSubscription subscription, String name) {
    boolean has = subscription.sent(name).isPresent();
    release(has ? subscription.drop(name) : subscription.remove(name));
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
        .filter(name -> !subscription.entries().containsKey(name))
        .forEach(subscription::drop);
  }

  private void cover(ResourceType type, Set<String> names, Map<String, String> known) {
    TypeSubscription subscription = of(type);
    for (String name : names) {
      if (!subscription.entries().containsKey(name)) {
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
      List<String> unnamed =
          subscription.entries().keySet().stream()
              .filter(name -> !subscription.isNamed(name))
              .toList();
      state.wildcards().leave(coverage.get(), this);
      subscription.endWildcard();
      unnamed.forEach(name -> forget(subscription, name));
    }
  }

  @Override
  public void covers(ResourceType type, Set<String> added, Set<String> removed) {
    TypeSubscription subscription = of(type);
    cover(type, added, Map.of());
    removed.stream()
        .filter(name -> !subscription.isNamed(name))
        .forEach(name -> uncover(subscription, name));
    hasWork.run();
  }

  @Override
  public void changed(Entry entry) {
    of(entry.type()).markChanged(entry.name());
    hasWork.run();
  }

  /** The rules changed which of the client's labels matter; its resources are looked up again. */
  void rebase(ClientView newView) {
    if (!newView.equals(view)) {
      view = newView;
      byType.forEach(this::rebase);
      hasWork.run();
    }
  }

  private void rebase(ResourceType type, TypeSubscription subscription) {
    Optional<Coverage> before = subscription.coverage();
    Set<String> covered = Set.of();
    if (before.isPresent()) {
      Coverage after = state.wildcards().follow(type, view, this);
      state.wildcards().leave(before.get(), this);
      subscription.replaceCoverage(after);
      covered = after.names();
    }
    for (Entry old : List.copyOf(subscription.entries().values())) {
      if (subscription.isNamed(old.name()) || covered.contains(old.name())) {
        subscription.replace(acquire(type, old.name()));
        release(old);
      } else {
        uncover(subscription, old.name());
      }
    }
    cover(type, covered, Map.of());
  }

  /** Ends everything. */
  void clear() {
    for (TypeSubscription subscription : byType.values()) {
      endWildcard(subscription);
      List.copyOf(subscription.entries().keySet()).forEach(name -> forget(subscription, name));
    }
  }
}
