package io.librarymesh;

import io.librarymesh.config.ConfigSource;
import io.librarymesh.guard.GuardRegistry;
import io.librarymesh.time.Scheduler;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a mesh, found by host and port without building a key. Targets that no call uses
 * are let go, so that a process that calls many hosts once does not follow them for ever.
 */
final class Targets {
  private final ConfigSource source;
  private final ClusterRegistry registry;
  private final GuardRegistry guards;
  private final Seams seams;
  private final Scheduler scheduler;
  private final long idleNanos;
  private final ConcurrentHashMap<String, Target[]> byHost = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private Scheduler.@Nullable Cancellable sweep;

  Targets(
      ConfigSource source,
      ClusterRegistry registry,
      GuardRegistry guards,
      Seams seams,
      Scheduler scheduler,
      long idleNanos) {
    this.source = source;
    this.registry = registry;
    this.guards = guards;
    this.seams = seams;
    this.scheduler = scheduler;
    this.idleNanos = idleNanos;
  }

  Target get(String host, int port) {
    Target[] ports = byHost.get(host);
    if (ports != null) {
      for (Target target : ports) {
        if (target.port == port) {
          return target;
        }
      }
    }
    return add(normalized(host), port);
  }

  private synchronized Target add(String host, int port) {
    Target[] ports = byHost.getOrDefault(host, new Target[0]);
    for (Target target : ports) {
      if (target.port == port) {
        return target;
      }
    }
    Target added = new Target(host + ":" + port, port, seams, registry, guards);
    if (closed) {
      added.onUpdate(new ConfigSource.Update.Refused("the mesh is closed"));
      return added;
    }
    Target[] grown = Arrays.copyOf(ports, ports.length + 1);
    grown[ports.length] = added;
    byHost.put(host, grown);
    added.follow(source);
    if (sweep == null) {
      sweep = scheduler.schedule(this::letGoOfIdle, idleNanos);
    }
    return added;
  }

  /**
   * A target that had no call since the last sweep goes, so it is followed for one to two idle
   * times.
   */
  private synchronized void letGoOfIdle() {
    if (closed) {
      return;
    }
    byHost.replaceAll(
        (host, ports) -> Arrays.stream(ports).filter(this::keep).toArray(Target[]::new));
    byHost.values().removeIf(ports -> ports.length == 0);
    sweep = byHost.isEmpty() ? null : scheduler.schedule(this::letGoOfIdle, idleNanos);
  }

  private boolean keep(Target target) {
    if (target.usedSinceLastAsked()) {
      return true;
    }
    target.close();
    return false;
  }

  synchronized void close() {
    closed = true;
    if (sweep != null) {
      sweep.cancel();
    }
    byHost.values().forEach(ports -> Arrays.stream(ports).forEach(Target::close));
    byHost.clear();
  }

  private static String normalized(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
