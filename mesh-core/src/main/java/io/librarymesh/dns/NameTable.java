package io.librarymesh.dns;

import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that a mesh looks up, each once for all targets that need it in the same way. Any
 * thread.
 */
final class NameTable {
  private final NameResolver resolver;
  private final Scheduler scheduler;
  private final RandomSource random;

  /** Guarded by {@code this}. */
  private final Map<Key, Entry> entries = new HashMap<>();

  NameTable(NameResolver resolver, Scheduler scheduler, RandomSource random) {
    this.resolver = resolver;
    this.scheduler = scheduler;
    this.random = random;
  }

  /** A name and how it is looked up. */
  record Key(String name, DnsDiscovery discovery) {}

  /**
   * Takes a share in names, and gives back the share in those of {@code before} that are not among
   * them. {@code user} is run when one of them changes, from any thread and without a lock.
   *
   * @return the watches by key; a new one has been started
   */
  Map<Key, NameWatch> acquire(Set<Key> keys, Set<Key> before, Runnable user) {
    Map<Key, NameWatch> watches = new HashMap<>();
    List<NameWatch> fresh = new ArrayList<>();
    synchronized (this) {
      for (Key key : keys) {
        Entry entry = entries.get(key);
        if (entry == null) {
          entry = new Entry(watch(key));
          entries.put(key, entry);
          fresh.add(entry.watch);
        }
        entry.users.add(user);
        watches.put(key, entry.watch);
      }
      before.stream().filter(key -> !keys.contains(key)).forEach(key -> release(key, user));
    }
    fresh.forEach(NameWatch::lookup);
    return watches;
  }

  private NameWatch watch(Key key) {
    return new NameWatch(
        key.name(), key.discovery(), resolver, scheduler, random, () -> changed(key));
  }

  private void release(Key key, Runnable user) {
    Entry entry = entries.get(key);
    if (entry != null && entry.users.remove(user) && entry.users.isEmpty()) {
      entries.remove(key);
      entry.watch.close();
    }
  }

  private void changed(Key key) {
    List<Runnable> users;
    synchronized (this) {
      Entry entry = entries.get(key);
      users = entry == null ? List.of() : List.copyOf(entry.users);
    }
    users.forEach(Runnable::run);
  }

  private static final class Entry {
    final NameWatch watch;
    final Set<Runnable> users = new HashSet<>();

    Entry(NameWatch watch) {
      this.watch = watch;
    }
  }
}
