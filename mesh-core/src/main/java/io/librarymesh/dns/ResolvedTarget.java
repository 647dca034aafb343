package io.librarymesh.dns;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.TargetConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one target, with the names of its DNS clusters resolved. */
final class ResolvedTarget implements ConfigSource.Watcher {
  private final NameTable names;
  private final ConfigSource.Watcher watcher;
  private final Runnable onNames = this::deliver;

  /** Guarded by {@code this}, as is all that follows. */
  private @Nullable Update latest;

  private Map<NameTable.Key, NameWatch> watches = Map.of();
  private boolean due;
  private boolean delivering;
  private boolean resolvedBefore;
  private boolean closed;

  ResolvedTarget(NameTable names, ConfigSource.Watcher watcher) {
    this.names = names;
    this.watcher = watcher;
  }

  @Override
  public void onUpdate(Update update) {
    Set<NameTable.Key> keys =
        update instanceof Update.Resolved resolved ? keys(resolved.config()) : Set.of();
    if (!follow(update, keys)) {
      return;
    }
    deliver();
  }

  /** Only the source calls this, from one thread at a time, and {@link #close}. */
  private boolean follow(Update update, Set<NameTable.Key> keys) {
    Set<NameTable.Key> before;
    synchronized (this) {
      if (closed) {
        return false;
      }
      before = watches.keySet();
    }
    Map<NameTable.Key, NameWatch> next =
        keys.isEmpty() && before.isEmpty() ? Map.of() : names.acquire(keys, before, onNames);
    synchronized (this) {
      if (!closed) {
        latest = update;
        watches = next;
        return true;
      }
    }
    names.acquire(Set.of(), next.keySet(), onNames);
    return false;
  }

  void close() {
    Set<NameTable.Key> held;
    synchronized (this) {
      closed = true;
      held = watches.keySet();
      watches = Map.of();
    }
    names.acquire(Set.of(), held, onNames);
  }

  /**
   * Passes on what is known now. The watcher is called by one thread at a time and without a lock:
   * who comes while it is called leaves the work to the thread that calls it.
   */
  private void deliver() {
    synchronized (this) {
      due = true;
      if (delivering) {
        return;
      }
      delivering = true;
    }
    Update update = next();
    while (update != null) {
      watcher.onUpdate(update);
      update = next();
    }
  }

  private synchronized @Nullable Update next() {
    Update update = null;
    while (due && !closed && update == null) {
      due = false;
      update = current();
    }
    delivering = update != null;
    return update;
  }

  /** What to say now; null when that has to wait for names. */
  private @Nullable Update current() {
    if (!(latest instanceof Update.Resolved resolved)) {
      return latest;
    }
    if (watches.isEmpty()) {
      resolvedBefore = true;
      return resolved;
    }
    Optional<String> awaited = awaited();
    if (awaited.isPresent()) {
      return resolvedBefore
          ? null
          : new Update.Pending("no answer yet for the name " + awaited.get());
    }
    resolvedBefore = true;
    return new Update.Resolved(resolved(resolved.config()));
  }

  private Optional<String> awaited() {
    return watches.entrySet().stream()
        .filter(entry -> !entry.getValue().answered())
        .map(entry -> entry.getKey().name())
        .findAny();
  }

  private static Set<NameTable.Key> keys(TargetConfig config) {
    Set<NameTable.Key> keys = new HashSet<>();
    for (ClusterConfig cluster : config.clusters().values()) {
      if (cluster.cluster().discovery() instanceof DnsDiscovery discovery) {
        for (LocalityEndpoints locality : cluster.localities()) {
          locality.endpoints().stream()
              .filter(ResolvedTarget::isName)
              .forEach(endpoint -> keys.add(new NameTable.Key(endpoint.address(), discovery)));
        }
      }
    }
    return keys;
  }

  /** Only digits and dots, or a colon: no top-level domain is a number. */
  private static boolean isName(Endpoint endpoint) {
    String address = endpoint.address();
    return !LookupFamily.isV6(address)
        && !address.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private TargetConfig resolved(TargetConfig config) {
    Map<String, ClusterConfig> clusters = new HashMap<>();
    config.clusters().forEach((name, cluster) -> clusters.put(name, resolved(cluster)));
    return config.withClusters(clusters);
  }

  private ClusterConfig resolved(ClusterConfig cluster) {
    if (!(cluster.cluster().discovery() instanceof DnsDiscovery discovery)) {
      return cluster;
    }
    List<LocalityEndpoints> localities = new ArrayList<>();
    for (LocalityEndpoints group : cluster.localities()) {
      List<Endpoint> endpoints = new ArrayList<>();
      group.endpoints().forEach(endpoint -> endpoints.addAll(resolved(endpoint, discovery)));
      localities.add(
          new LocalityEndpoints(group.locality(), group.priority(), group.weight(), endpoints));
    }
    return new ClusterConfig(cluster.cluster(), localities, cluster.policy());
  }

  private List<Endpoint> resolved(Endpoint endpoint, DnsDiscovery discovery) {
    if (!isName(endpoint)) {
      return List.of(at(endpoint, endpoint.address()));
    }
    NameWatch watch = watches.get(new NameTable.Key(endpoint.address(), discovery));
    return watch == null
        ? List.of()
        : watch.addresses().stream().map(address -> at(endpoint, address)).toList();
  }

  /** The name stays known, for Host headers and hashes. */
  private static Endpoint at(Endpoint endpoint, String address) {
    return new Endpoint(
        address,
        endpoint.port(),
        endpoint.weight(),
        endpoint.health(),
        endpoint.hostname().isEmpty() ? endpoint.address() : endpoint.hostname(),
        endpoint.labels(),
        endpoint.metadata(),
        endpoint.socketMatch());
  }
}
