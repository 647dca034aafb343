package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.HostNames;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Translation;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The resources that some client subscribes to, each translated once for all clients with an equal
 * view. Knows for every host which resources looked at it, so that a change costs what it touches.
 *
 * <p>Confined to the state executor.
 */
final class ResourceTable {

  private static final System.Logger LOG = System.getLogger(ResourceTable.class.getName());

  private final Map<ClientView, ViewResources> views = new HashMap<>();
  private final Map<String, Map<String, EncodedResource>> versionsByName = new HashMap<>();
  private final Map<String, Set<Entry>> byHost = new HashMap<>();
  private final Set<String> wildcards = new TreeSet<>();
  private PushContext context;
  private boolean gathering;
  private int size;

  /** Told that a resource it watches has changed; nothing is sent before it is asked to. */
  interface Watcher {

    /** The entry's content differs from before. */
    void changed(Entry entry);
  }

  /** What the clients with one view use: two views may see different content under one name. */
  private static final class ViewResources {

    private final ClientView view;
    private final Map<ResourceType, ResourceIndex> byType = new EnumMap<>(ResourceType.class);
    private final List<@Nullable Watcher> seats = new ArrayList<>();
    private final BitSet taken = new BitSet();

    ViewResources(ClientView view) {
      this.view = view;
    }

    ResourceIndex index(ResourceType type) {
      return byType.computeIfAbsent(type, t -> new ResourceIndex());
    }

    /** One watcher after the other, and each of all changes: what it keeps lies together. */
    private void tellWatchers(List<Entry> changed) {
      if (changed.size() == 1) {
        changed.get(0).tellWatchers();
        return;
      }
      for (int seat = taken.nextSetBit(0); seat >= 0; seat = taken.nextSetBit(seat + 1)) {
        Watcher watcher = seats.get(seat);
        if (watcher != null) {
          for (Entry entry : changed) {
            if (entry.watchers.get(seat)) {
              watcher.changed(entry);
            }
          }
        }
      }
    }
  }

  /** A watcher among those with an equal view. */
  static final class Seat {

    private final ViewResources all;
    private final int number;

    private Seat(ViewResources all, int number) {
      this.all = all;
      this.number = number;
    }

    /** The resources of a type that some watcher with this view uses. */
    ResourceIndex index(ResourceType type) {
      return all.index(type);
    }
  }

  /** One subscribed resource. */
  static final class Entry {

    private final ViewResources all;
    private final ResourceType type;
    private final String name;
    private final int number;
    private final BitSet watchers = new BitSet();
    private Set<String> hosts = Set.of();
    private Optional<EncodedResource> content = Optional.empty();
    private boolean held;

    private Entry(ViewResources all, ResourceType type, String name) {
      this.all = all;
      this.type = type;
      this.name = name;
      this.number = all.index(type).nextNumber();
    }

    ResourceType type() {
      return type;
    }

    String name() {
      return name;
    }

    /** Unique among those of its type and view that are in use. */
    int number() {
      return number;
    }

    /** Absent when there is no such resource, or when it is held back. */
    Optional<EncodedResource> content() {
      return content;
    }

    /** Whether nothing is said about it yet, not even that it does not exist. */
    boolean isHeld() {
      return held;
    }

    private void tellWatchers() {
      for (int seat = watchers.nextSetBit(0); seat >= 0; seat = watchers.nextSetBit(seat + 1)) {
        Watcher watcher = all.seats.get(seat);
        if (watcher != null) {
          watcher.changed(this);
        }
      }
    }

    @Override
    public String toString() {
      return type + " " + name + " for " + all.view;
    }
  }

  ResourceTable(PushContext context) {
    this.context = context;
  }

  /** A place among the watchers with a view, to be given back by {@link #leave}. */
  Seat join(ClientView view, Watcher watcher) {
    ViewResources all = views.computeIfAbsent(view, ViewResources::new);
    int number = all.taken.nextClearBit(0);
    all.taken.set(number);
    if (number == all.seats.size()) {
      all.seats.add(watcher);
    } else {
      all.seats.set(number, watcher);
    }
    return new Seat(all, number);
  }

  /** Gives a place back, whose watcher has released everything. */
  void leave(Seat seat) {
    seat.all.seats.set(seat.number, null);
    seat.all.taken.clear(seat.number);
    if (seat.all.taken.isEmpty()) {
      views.remove(seat.all.view);
    }
  }

  /** The resource as the view sees it; the watcher hears of changes until it releases it. */
  Entry acquire(ResourceType type, String name, Seat seat) {
    ResourceIndex index = seat.index(type);
    Entry entry = index.find(name);
    if (entry == null) {
      entry = new Entry(seat.all, type, name);
      index.put(entry);
      size++;
      translate(entry);
    }
    entry.watchers.set(seat.number);
    return entry;
  }

  /** Why there is nothing of an entry without content. */
  Absence absence(Entry entry) {
    return Absence.of(context, entry.all.view, entry.type, entry.name);
  }

  /** Ends the watcher's interest; what nobody watches is forgotten. */
  void release(Entry entry, Seat seat) {
    entry.watchers.clear(seat.number);
    if (entry.watchers.isEmpty()) {
      seat.index(entry.type).remove(entry);
      size--;
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
    Map<ViewResources, List<Entry>> byView = new HashMap<>(2);
    for (Entry entry : affected(changedHosts)) {
      if (translate(entry)) {
        changed++;
        byView.computeIfAbsent(entry.all, all -> new ArrayList<>()).add(entry);
      }
    }
    byView.forEach(ViewResources::tellWatchers);
    return changed;
  }

  /**
   * While true, endpoints of which nobody is known are not told: the workloads may not have had the
   * time to register. When it ends, what was held back is told as it is.
   */
  void gathering(boolean on) {
    gathering = on;
    for (ViewResources all : views.values()) {
      all.byType.values().forEach(this::tellHeld);
    }
  }

  private void tellHeld(ResourceIndex index) {
    for (Entry entry : index.entries()) {
      if (entry.held && translate(entry)) {
        entry.tellWatchers();
      }
    }
  }

  /** How many different resources there are. */
  int size() {
    return size;
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
      translation = Translation.of(context, entry.all.view, entry.type, entry.name);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: " + entry + " was not translated, kept as it is", e);
      return false;
    }
    reindex(entry, translation.hosts());
    Optional<EncodedResource> before = entry.content;
    entry.held = gathering && before.isEmpty() && hasNobody(translation);
    Optional<EncodedResource> after =
        entry.held
            ? Optional.empty()
            : translation.resource().map(r -> EncodedResource.of(entry.name, r));
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
    return entry.type.name() + ' ' + entry.name;
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
