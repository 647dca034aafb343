package io.librarymesh;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The clusters of a mesh by name, each kept as long as a target uses it. Any thread; never on the
 * path of a call.
 */
final class ClusterRegistry {
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final RandomSource random;
  private final Map<String, Entry> entries = new HashMap<>();

  ClusterRegistry(Ticker ticker, Scheduler scheduler, RandomSource random) {
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.random = random;
  }

  /**
   * Brings the clusters of one target up to date and takes a share in each.
   *
   * @param configs the target's clusters
   * @param before the names that the target had a share in
   * @return the clusters by name, for {@link #release} or the next call
   */
  synchronized Map<String, ClusterRuntime> acquire(
      Map<String, ClusterConfig> configs, Set<String> before) {
    Map<String, ClusterRuntime> acquired = new LinkedHashMap<>();
    configs.forEach(
        (name, config) -> {
          Entry entry = entries.get(name);
          if (entry == null) {
            entry = new Entry(new ClusterRuntime(config, ticker, scheduler, random), config);
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
    before.stream().filter(name -> !configs.containsKey(name)).forEach(this::releaseOne);
    return acquired;
  }

  /** Gives back the shares of a target. */
  synchronized void release(Set<String> names) {
    names.forEach(this::releaseOne);
  }

  private void releaseOne(String name) {
    Entry entry = entries.get(name);
    if (entry != null && --entry.targets == 0) {
      entries.remove(name);
      entry.runtime.retire();
    }
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
