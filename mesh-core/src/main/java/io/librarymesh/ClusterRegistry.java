package io.librarymesh;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clusters of a mesh by name, each kept as long as a target uses it. Any thread; never on the
 * path of a call.
 */
final class ClusterRegistry {
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final RandomSource random;
  private final UpstreamIdentities identities;
  private final Map<String, Entry> entries = new HashMap<>();

  ClusterRegistry(
      Ticker ticker, Scheduler scheduler, RandomSource random, UpstreamIdentities identities) {
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.random = random;
    this.identities = identities;
  }

  /**
   * Brings the clusters of one target up to date and takes a share in each. A cluster that a route
   * still names and that is configured no more has been deleted; one that no route names may live
   * on where it cannot be seen from here, so calls under way keep it.
   *
   * @param target its routes and its clusters
   * @param before the names that the target had a share in
   * @return the clusters by name, for {@link #release} or the next call
   */
  synchronized Map<String, ClusterRuntime> acquire(TargetConfig target, Set<String> before) {
    Map<String, ClusterConfig> configs = target.clusters();
    Map<String, ClusterRuntime> acquired = new LinkedHashMap<>();
    configs.forEach(
        (name, config) -> {
          Entry entry = entries.get(name);
          if (entry == null) {
            entry =
                new Entry(
                    new ClusterRuntime(config, ticker, scheduler, random, identities), config);
            entries.put(name, entry);
          } else if (!entry.config.equals(config)) {
            entry.runtime.update(config);
          }
          entry.config = config;
          if (!before.contains(name)) {
            entry.targets++;
          }
          acquired.put(name, entry.runtime);
        });
    before.stream()
        .filter(name -> !configs.containsKey(name))
        .forEach(
            name -> {
              ClusterRuntime left = releaseOne(name);
              if (left != null && routesTo(target.routes(), name)) {
                left.delete();
              }
            });
    return acquired;
  }

  /** Gives back the shares of a target. */
  synchronized void release(Set<String> names) {
    names.forEach(this::releaseOne);
  }

  /** The cluster that nobody has a share in any more; null when somebody has. */
  private @Nullable ClusterRuntime releaseOne(String name) {
    Entry entry = entries.get(name);
    if (entry == null || --entry.targets > 0) {
      return null;
    }
    entries.remove(name);
    entry.runtime.retire();
    return entry.runtime;
  }

  private static boolean routesTo(RouteConfig routes, String cluster) {
    return routes.virtualHosts().stream()
        .flatMap(host -> host.routes().stream())
        .map(Route::action)
        .filter(RouteAction.Forward.class::isInstance)
        .flatMap(action -> ((RouteAction.Forward) action).clusters().stream())
        .anyMatch(destination -> destination.cluster().equals(cluster));
  }

  private static final class Entry {
    final ClusterRuntime runtime;
    ClusterConfig config;
    int targets;

    Entry(ClusterRuntime runtime, ClusterConfig config) {
      this.runtime = runtime;
      this.config = config;
    }
  }
}
