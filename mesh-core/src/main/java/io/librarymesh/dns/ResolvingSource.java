package io.librarymesh.dns;

import io.librarymesh.config.ConfigSource;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;

/**
 * A configuration source whose DNS clusters have addresses: passes on what another source says,
 * with names resolved, and says it again when names change.
 *
 * <p>An update with a name that was never looked up is held back until that has happened, for at
 * most five seconds a name, as Envoy warms a cluster; what was in force stays in force meanwhile.
 * Any thread.
 */
public final class ResolvingSource implements ConfigSource {
  private final ConfigSource source;
  private final NameTable names;

  private ResolvingSource(ConfigSource source, NameTable names) {
    this.source = source;
    this.names = names;
  }

  /**
   * A source that resolves what {@code source} names.
   *
   * @param random draws when names are looked up again
   */
  public static ResolvingSource of(
      ConfigSource source, NameResolver resolver, Scheduler scheduler, RandomSource random) {
    return new ResolvingSource(source, new NameTable(resolver, scheduler, random));
  }

  @Override
  public Cancellable watch(String authority, Watcher watcher) {
    ResolvedTarget target = new ResolvedTarget(names, watcher);
    Cancellable watching = source.watch(authority, target);
    return () -> {
      watching.cancel();
      target.close();
    };
  }

  @Override
  public void close() {
    source.close();
  }
}
