package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.HostNames;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Translation;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The resources that some client subscribes to, each translated once for all clients with an equal
 * view. Knows for every host which resources looked at it, so that a change costs what it touches.
 *
 * <p>Confined to the state executor.
 */
final class ResourceTable {

  private static final System.Logger LOG = System.getLogger(ResourceTable.class.getName());

  private final Map<Key, Entry> entries = new HashMap<>();
  private final Map<String, Map<String, EncodedResource>> versionsByName = new HashMap<>();
  private final Map<String, Set<Entry>> byHost = new HashMap<>();
  private final Set<String> wildcards = new TreeSet<>();
  private PushContext context;
  private boolean gathering;

  /** What makes a resource one: two views may see different content under one name. */
  private record Key(ResourceType type, String name, ClientView view) {}

  /** Told that a resource it watches has changed; nothing is sent before it is asked to. */
  interface Watcher {

    /** The entry's content differs from before. */
    void changed(Entry entry);
  }

  /** One subscribed resource. */
  static final class Entry {

    private final Key key;
    private final Set<Watcher> watchers = new LinkedHashSet<>();
    private Set<String> hosts = Set.of();
    private Optional<EncodedResource> content = Optional.empty();
    private boolean held;

    private Entry(Key key) {
      this.key = key;
    }

    ResourceType type() {
      return key.type();
    }

    String name() {
      return key.name();
    }

    /** Absent when there is no such resource, or when it is held back. */
    Optional<EncodedResource> content() {
      return content;
    }

    /** Whether nothing is said about it yet, not even that it does not exist. */
    boolean isHeld() {
      return held;
    }
  }

  ResourceTable(PushContext context) {
    this.context = context;
  }

  /** The resource as the view sees it; the watcher hears of changes until it releases it. */
  Entry acquire(ResourceType type, String name, ClientView view, Watcher watcher) {
    Key key = new Key(type, name, view);
    Entry entry = entries.get(key);
    if (entry == null) {
      entry = new Entry(key);
      entries.put(key, entry);
      translate(entry);
    }
    entry.watchers.add(watcher);
    return entry;
  }

  /** Why there is nothing of an entry without content. */
  Absence absence(Entry entry) {
    return Absence.of(context, entry.key.view(), entry.key.type(), entry.key.name());
  }

  /** Ends the watcher's interest; what nobody watches is forgotten. */
  void release(Entry entry, Watcher watcher) {
    entry.watchers.remove(watcher);
    if (entry.watchers.isEmpty()) {
      entries.remove(entry.key);
      unindex(entry);
      entry.content.ifPresent(content -> forget(entry, content));
    }
  }

  /**
   * Takes a new context into use and translates again what looked at one of the changed hosts.
   *
   * @param changedHosts hosts, wildcards and addresses, lower-case
   * @return how many resources differ from before
   */
  int update(PushContext newContext, Set<String> changedHosts) {
    context = newContext;
    int changed = 0;
    for (Entry entry : affected(changedHosts)) {
      if (translate(entry)) {
        changed++;
        entry.watchers.forEach(watcher -> watcher.changed(entry));
      }
    }
    return changed;
  }

  /**
   * While true, endpoints of which nobody is known are not told: the workloads may not have had the
   * time to register. When it ends, what was held back is told as it is.
   */
  void gathering(boolean on) {
    gathering = on;
    for (Entry entry : entries.values()) {
      if (entry.held && translate(entry)) {
        entry.watchers.forEach(watcher -> watcher.changed(entry));
      }
    }
  }

  /** How many different resources there are. */
  int size() {
    return entries.size();
  }

  private Set<Entry> affected(Set<String> changedHosts) {
    Set<Entry> affected = new LinkedHashSet<>();
    for (String host : changedHosts) {
      affected.addAll(byHost.getOrDefault(host, Set.of()));
      Set<String> others = host.startsWith("*") ? byHost.keySet() : wildcards;
      for (String other : others) {
        if (HostNames.matches(host, other)) {
          affected.addAll(byHost.getOrDefault(other, Set.of()));
        }
      }
    }
    return affected;
  }

  /** Whether the content changed. A translation that fails leaves what was there. */
  private boolean translate(Entry entry) {
    Translation translation;
    try {
      translation = Translation.of(context, entry.key.view(), entry.key.type(), entry.key.name());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: " + entry.key + " was not translated, kept as it is", e);
      return false;
    }
    reindex(entry, translation.hosts());
    Optional<EncodedResource> before = entry.content;
    entry.held = gathering && before.isEmpty() && hasNobody(translation);
    Optional<EncodedResource> after =
        entry.held
            ? Optional.empty()
            : translation.resource().map(r -> EncodedResource.of(entry.key.name(), r));
    if (before.map(EncodedResource::version).equals(after.map(EncodedResource::version))) {
      return false;
    }
    before.ifPresent(content -> forget(entry, content));
    entry.content = after.map(content -> share(entry, content));
    return true;
  }

  private static boolean hasNobody(Translation translation) {
    return translation.resource().stream()
        .anyMatch(r -> r instanceof ClusterLoadAssignment all && all.getEndpointsCount() == 0);
  }

  /** One copy of the bytes for all views that see the same content. */
  private EncodedResource share(Entry entry, EncodedResource content) {
    Map<String, EncodedResource> versions =
        versionsByName.computeIfAbsent(sharingKey(entry), k -> new HashMap<>(2));
    EncodedResource shared = versions.putIfAbsent(content.version(), content);
    return shared == null ? content : shared;
  }

  private void forget(Entry entry, EncodedResource content) {
    String sharingKey = sharingKey(entry);
    Map<String, EncodedResource> versions = versionsByName.get(sharingKey);
    if (versions != null && versions.remove(content.version(), content) && versions.isEmpty()) {
      versionsByName.remove(sharingKey);
    }
  }

  private static String sharingKey(Entry entry) {
    return entry.key.type().name() + ' ' + entry.key.name();
  }

  private void reindex(Entry entry, Set<String> hosts) {
    if (!hosts.equals(entry.hosts)) {
      unindex(entry);
      entry.hosts = hosts;
      for (String host : hosts) {
        byHost.computeIfAbsent(host, h -> new HashSet<>()).add(entry);
        if (host.startsWith("*")) {
          wildcards.add(host);
        }
      }
    }
  }

  private void unindex(Entry entry) {
    for (String host : entry.hosts) {
      Set<Entry> sameHost = byHost.get(host);
      if (sameHost != null && sameHost.remove(entry) && sameHost.isEmpty()) {
        byHost.remove(host);
        wildcards.remove(host);
      }
    }
    entry.hosts = Set.of();
  }
}
