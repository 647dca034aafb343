package io.librarymesh;

import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Signal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@code host:port} that the process calls: follows its configuration and holds the snapshot in
 * force.
 */
final class Target implements ConfigSource.Watcher {
  private static final Logger LOG = System.getLogger(Target.class.getName());

  final String authority;
  final int port;
  final Seams seams;
  private final ClusterRegistry registry;
  private volatile MeshSnapshot snapshot;

  /**
   * Written by calls, read and cleared by the sweep of idle targets; a lost write costs one more
   * round.
   */
  private volatile boolean used = true;

  /**
   * Guarded by {@code this}, as is closing: an update that comes late must not take shares again.
   */
  private Set<String> clusters = Set.of();

  private boolean closed;
  private Scheduler.@Nullable Cancellable watch;

  Target(String authority, int port, Seams seams, ClusterRegistry registry) {
    this.authority = authority;
    this.port = port;
    this.seams = seams;
    this.registry = registry;
    this.snapshot = new MeshSnapshot.Pending(new Signal(), "no answer from the control plane yet");
  }

  void follow(ConfigSource source) {
    Scheduler.Cancellable started = source.watch(authority, this);
    synchronized (this) {
      if (!closed) {
        watch = started;
        return;
      }
    }
    started.cancel();
  }

  /** The snapshot in force: one volatile read. */
  MeshSnapshot snapshot() {
    if (!used) {
      used = true;
    }
    return snapshot;
  }

  /** Whether a call came since the last time this was asked. */
  boolean usedSinceLastAsked() {
    boolean was = used;
    used = false;
    return was;
  }

  @Override
  public void onUpdate(ConfigSource.Update update) {
    Signal changed = null;
    synchronized (this) {
      if (closed) {
        return;
      }
      MeshSnapshot before = snapshot;
      if (update instanceof ConfigSource.Update.Pending pending) {
        if (before instanceof MeshSnapshot.Pending waiting) {
          snapshot = new MeshSnapshot.Pending(waiting.changed(), pending.reason());
        }
        return;
      }
      snapshot = next(before, update);
      if (before instanceof MeshSnapshot.Pending waiting && snapshot != before) {
        changed = waiting.changed();
      }
    }
    if (changed != null) {
      changed.fire();
    }
  }

  private MeshSnapshot next(MeshSnapshot before, ConfigSource.Update update) {
    if (update instanceof ConfigSource.Update.Absent absent) {
      registry.release(clusters);
      clusters = Set.of();
      return new MeshSnapshot.Absent(absent.reason());
    }
    TargetConfig config = ((ConfigSource.Update.Resolved) update).config();
    Map<String, ClusterRuntime> acquired = registry.acquire(config.clusters(), clusters);
    clusters = acquired.keySet();
    try {
      return MeshSnapshot.compile(config, acquired);
    } catch (IllegalArgumentException e) {
      // The xDS room refuses what cannot be compiled before it comes here, so this is a source of
      // another kind; what was in force stays in force.
      LOG.log(Level.ERROR, authority + ": configuration refused: " + e.getMessage());
      return before;
    }
  }

  void close() {
    Scheduler.Cancellable watching;
    synchronized (this) {
      closed = true;
      watching = watch;
      registry.release(clusters);
      clusters = Set.of();
    }
    if (watching != null) {
      watching.cancel();
    }
  }
}
