package io.librarymesh;

import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.guard.GuardRegistry;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Signal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
  private final GuardRegistry guards;
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

  private GuardRegistry.Held held = GuardRegistry.Held.NOTHING;

  private boolean closed;
  private Scheduler.@Nullable Cancellable watch;

  Target(String authority, int port, Seams seams, ClusterRegistry registry, GuardRegistry guards) {
    this.authority = authority;
    this.port = port;
    this.seams = seams;
    this.registry = registry;
    this.guards = guards;
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

  /** Whether something is known within a time. */
  boolean await(Duration atMost) throws InterruptedException {
    if (!(snapshot() instanceof MeshSnapshot.Pending pending)) {
      return true;
    }
    CountDownLatch known = new CountDownLatch(1);
    Scheduler.Cancellable waiting = pending.changed().subscribe(known::countDown);
    try {
      return known.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      waiting.cancel();
    }
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
        } else if (before instanceof MeshSnapshot.Refused) {
          snapshot = new MeshSnapshot.Pending(new Signal(), pending.reason());
        }
        return;
      }
      snapshot = next(before, update);
      if (before instanceof MeshSnapshot.Pending waiting
          && !(snapshot instanceof MeshSnapshot.Pending)) {
        changed = waiting.changed();
      }
    }
    if (changed != null) {
      changed.fire();
    }
  }

  private MeshSnapshot next(MeshSnapshot before, ConfigSource.Update update) {
    if (update instanceof ConfigSource.Update.Absent absent) {
      release();
      return new MeshSnapshot.Absent(absent.reason());
    }
    if (update instanceof ConfigSource.Update.Refused refused) {
      return before instanceof MeshSnapshot.Ready
          ? before
          : new MeshSnapshot.Refused(refused.reason());
    }
    TargetConfig config = ((ConfigSource.Update.Resolved) update).config();
    try {
      // First, because it is the one that may refuse what the xDS room let pass.
      held = guards.acquire(config.routes(), held.keys());
      Map<String, ClusterRuntime> acquired = registry.acquire(config, clusters);
      clusters = acquired.keySet();
      return MeshSnapshot.compile(config, acquired, held.tables());
    } catch (IllegalArgumentException e) {
      return refused(before, "configuration refused: " + e.getMessage());
    }
  }

  /** What was in force stays in force; where nothing was, calls end with the reason at once. */
  private MeshSnapshot refused(MeshSnapshot before, String reason) {
    LOG.log(Level.ERROR, authority + ": " + reason);
    return before instanceof MeshSnapshot.Ready ? before : new MeshSnapshot.Refused(reason);
  }

  private void release() {
    registry.release(clusters);
    clusters = Set.of();
    guards.release(held.keys());
    held = GuardRegistry.Held.NOTHING;
  }

  void close() {
    Scheduler.Cancellable watching;
    synchronized (this) {
      closed = true;
      watching = watch;
      release();
    }
    if (watching != null) {
      watching.cancel();
    }
  }
}
