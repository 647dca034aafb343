package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.TargetConfig;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@code host:port} that is watched: a listener, its routes, and the clusters those name. Event
 * loop only.
 *
 * <p>Updates are whole (gRFC A74): new routes are put in force when each cluster they name is
 * decided, and until then the old ones stay, their clusters still followed. A cluster that does not
 * exist is left out. Routes that are taken away stay in force, since a listener that names routes
 * that do not exist is a step on the way to something else; a listener that is taken away is the
 * end of the target.
 */
final class WatchedTarget implements Dependent {
  private final DependencyTree tree;
  private final String authority;
  private final Resource<ListenerResource> listener;
  private final Set<WatcherHandle> watchers = new LinkedHashSet<>();
  private final Map<String, ClusterNode> clusters = new LinkedHashMap<>();

  private @Nullable Resource<RouteResource> routes;

  /** What is in force, and the clusters that it names. */
  private @Nullable RouteConfig config;

  private PathNormalization paths = PathNormalization.NONE;

  /** What that was made of: routes of the same kind would be another object, made anew. */
  private @Nullable RouteResource source;

  private ConnectionManager sourceManager = ConnectionManager.of(HttpFilters.NONE);
  private Set<String> configClusters = Set.of();
  private String unknown = "";
  private @Nullable Update last;

  WatchedTarget(DependencyTree tree, String authority) {
    this.tree = tree;
    this.authority = authority;
    this.listener = tree.tables().listeners.subscribe(authority, this);
    tree.changed(this);
  }

  void add(WatcherHandle watcher) {
    watchers.add(watcher);
    if (last != null) {
      watcher.deliver(last);
    }
  }

  /** Returns whether it was the last one. */
  boolean remove(WatcherHandle watcher) {
    watchers.remove(watcher);
    return watchers.isEmpty();
  }

  @Override
  public void onChange() {
    tree.changed(this);
  }

  /** Whether nothing is known yet. */
  boolean isWaiting() {
    return last == null || last instanceof Update.Pending || last instanceof Update.Refused;
  }

  /** Puts the target together from what is known now. */
  void settle() {
    if (!tree.settled(listener, config != null)) {
      keep(tree.waitingFor(listener));
      return;
    }
    Optional<ListenerResource> value = listener.value();
    if (value.isEmpty()) {
      giveUp(listener);
    } else if (value.get() instanceof ListenerResource.Named named) {
      follow(named.routeConfigName());
      settle(named);
    } else if (value.get() instanceof ListenerResource.Inline inline) {
      unfollow();
      unknown = "";
      settle(inline.routes(), inline.manager());
    } else {
      absent(listener + ": it is for a server (expected: an api_listener)");
    }
  }

  private void settle(ListenerResource.Named named) {
    Resource<RouteResource> awaited = requireNonNull(routes, "routes");
    if (!tree.settled(awaited, config != null)) {
      keep(tree.waitingFor(awaited));
      return;
    }
    Optional<RouteResource> value = awaited.value();
    if (value.isPresent()) {
      unknown = named.unknown();
      settle(value.get(), named.manager());
    } else if (config != null) {
      keep("");
    } else {
      giveUp(awaited);
    }
  }

  // By identity: resources that did not change are the same objects.
  @SuppressWarnings("ReferenceEquality")
  private void settle(RouteResource latest, ConnectionManager manager) {
    acquire(latest.clusters());
    for (String name : latest.clusters()) {
      ClusterNode node = node(name);
      if (!node.decided(config != null)) {
        keep(tree.waitingFor(node.awaited()));
        return;
      }
    }
    if (config == null || latest != source || !manager.equals(sourceManager)) {
      config = latest.under(manager);
      source = latest;
      sourceManager = manager;
    }
    paths = manager.paths();
    configClusters = latest.clusters();
    releaseAllBut(configClusters);
    publish();
  }

  private ClusterNode node(String name) {
    return requireNonNull(clusters.get(name), name);
  }

  private void acquire(Set<String> names) {
    Set<String> needed = new LinkedHashSet<>(configClusters);
    needed.addAll(names);
    releaseAllBut(needed);
    for (String name : names) {
      if (!clusters.containsKey(name)) {
        clusters.put(name, tree.acquire(name, this));
      }
    }
  }

  private void releaseAllBut(Set<String> names) {
    List<ClusterNode> released =
        clusters.values().stream().filter(node -> !names.contains(node.name())).toList();
    for (ClusterNode node : released) {
      clusters.remove(node.name());
      tree.release(node, this);
    }
  }

  private void follow(String name) {
    if (routes == null || !routes.name().equals(name)) {
      unfollow();
      routes = tree.tables().routes.subscribe(name, this);
    }
  }

  private void unfollow() {
    if (routes != null) {
      tree.tables().routes.unsubscribe(routes, this);
      routes = null;
    }
  }

  /** What is in force stays, its clusters as they are now; else the watchers hear the reason. */
  private void keep(String reason) {
    keepOr(new Update.Pending(reason));
  }

  private void keepOr(Update otherwise) {
    if (config != null) {
      publish();
    } else if (isWaiting()) {
      tell(otherwise);
    }
  }

  /** There is no such resource, or what came of it is broken. */
  private void giveUp(Resource<?> resource) {
    if (resource.absence().isEmpty()) {
      keepOr(
          new Update.Refused(resource + " was refused: " + String.join("; ", resource.errors())));
    } else {
      absent(resource + ": " + resource.absence());
    }
  }

  private void absent(String reason) {
    config = null;
    configClusters = Set.of();
    releaseAllBut(Set.of());
    if (listener.value().isEmpty()) {
      unfollow();
    }
    tell(new Update.Absent(reason));
  }

  private void publish() {
    RouteConfig inForce = requireNonNull(config, "config");
    if (!confirmed()) {
      return;
    }
    Map<String, ClusterConfig> configs = new HashMap<>();
    for (String name : configClusters) {
      node(name).config().ifPresent(cluster -> configs.put(name, cluster));
    }
    if (!isInForce(inForce, configs)) {
      tell(new Update.Resolved(new TargetConfig(authority, paths, inForce, configs, unknown)));
    }
  }

  private boolean confirmed() {
    return tree.confirmed(listener)
        && (routes == null || tree.confirmed(routes))
        && configClusters.stream().allMatch(name -> node(name).confirmed());
  }

  // By identity: what did not change is the same object, and comparing deeply costs what exists.
  @SuppressWarnings("ReferenceEquality")
  private boolean isInForce(RouteConfig inForce, Map<String, ClusterConfig> configs) {
    if (!(last instanceof Update.Resolved resolved)) {
      return false;
    }
    TargetConfig known = resolved.config();
    return known.routes() == inForce
        && known.paths().equals(paths)
        && known.unknown().equals(unknown)
        && known.clusters().size() == configs.size()
        && configs.entrySet().stream()
            .allMatch(entry -> known.clusters().get(entry.getKey()) == entry.getValue());
  }

  private void tell(Update update) {
    if (!update.equals(last)) {
      last = update;
      List.copyOf(watchers).forEach(watcher -> watcher.deliver(update));
    }
  }

  /** Lets go of its resources. */
  void release() {
    releaseAllBut(Set.of());
    unfollow();
    tree.tables().listeners.unsubscribe(listener, this);
  }
}
