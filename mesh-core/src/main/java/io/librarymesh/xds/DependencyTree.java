package io.librarymesh.xds;

import io.librarymesh.time.Scheduler.Cancellable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is watched and what that needs: targets, the clusters they share, and the resources of both.
 * Event loop only.
 *
 * <p>Changes only mark what they touch. When the tasks at hand are done, each marked cluster and
 * then each marked target is put together again, once, so that a response brings one update, and
 * its cost is that of what changed.
 */
final class DependencyTree {
  private final EventLoop loop;
  private final ResourceTables tables;
  private final long graceNanos;
  private final Map<String, WatchedTarget> targets = new LinkedHashMap<>();
  private final Map<String, ClusterNode> clusters = new LinkedHashMap<>();
  private final Set<ClusterNode> changedClusters = new LinkedHashSet<>();
  private final Set<WatchedTarget> changedTargets = new LinkedHashSet<>();
  private int server = Resource.NO_SOURCE;
  private String serverName = "";
  private String problem = "";
  private String connecting = "";
  private int stream;
  private long streamBegan;
  private final Set<ClusterNode> inGrace = new LinkedHashSet<>();
  private Cancellable graceTimer = () -> {};

  /**
   * @param graceNanos how long on a new stream endpoints are kept that nobody is left of
   */
  DependencyTree(EventLoop loop, ResourceTables tables, long graceNanos) {
    this.loop = loop;
    this.tables = tables;
    this.graceNanos = graceNanos;
  }

  ResourceTables tables() {
    return tables;
  }

  void add(String authority, WatcherHandle watcher) {
    targets.computeIfAbsent(authority, name -> new WatchedTarget(this, name)).add(watcher);
  }

  /** A target goes with its last watcher. */
  void remove(String authority, WatcherHandle watcher) {
    WatchedTarget target = targets.get(authority);
    if (target != null && target.remove(watcher)) {
      targets.remove(authority);
      changedTargets.remove(target);
      target.release();
    }
  }

  /** A cluster for one more user. */
  ClusterNode acquire(String name, WatchedTarget user) {
    ClusterNode node = clusters.get(name);
    if (node == null) {
      node = new ClusterNode(this, name);
      clusters.put(name, node);
      changedClusters.add(node);
    }
    node.addUser(user);
    return node;
  }

  void release(ClusterNode node, WatchedTarget user) {
    if (node.removeUser(user)) {
      clusters.remove(node.name());
      changedClusters.remove(node);
      inGrace.remove(node);
      node.release();
    }
  }

  void changed(ClusterNode node) {
    changedClusters.add(node);
  }

  void changed(WatchedTarget target) {
    changedTargets.add(target);
  }

  /** Puts together again what changed, until nothing does. */
  void settle() {
    while (true) {
      ClusterNode cluster = takeFirst(changedClusters);
      if (cluster != null) {
        cluster.settle();
        continue;
      }
      WatchedTarget target = takeFirst(changedTargets);
      if (target == null) {
        return;
      }
      target.settle();
    }
  }

  private static <E> @Nullable E takeFirst(Set<E> set) {
    for (E element : set) {
      set.remove(element);
      return element;
    }
    return null;
  }

  /**
   * Whether there is nothing to wait for any more, and it was the server in use that said so: a
   * tree is never put together from the words of two servers.
   */
  boolean settled(Resource<?> resource, boolean holding) {
    return resource.decided(holding) && confirmed(resource);
  }

  /** Whether the server in use had the last word on it, or nobody ever said anything. */
  boolean confirmed(Resource<?> resource) {
    return resource.source() == server || resource.source() == Resource.NO_SOURCE;
  }

  /** Tells the streams of this process apart. */
  int stream() {
    return stream;
  }

  /**
   * Whether endpoints of an earlier stream are kept though this one knows none. The cluster is put
   * together again when that is over.
   */
  boolean keepsEndpoints(int ofStream, ClusterNode node) {
    long left = streamBegan + graceNanos - loop.nanos();
    if (ofStream == stream || left <= 0) {
      return false;
    }
    if (inGrace.isEmpty()) {
      graceTimer = loop.schedule(this::endGrace, left);
    }
    inGrace.add(node);
    return true;
  }

  private void endGrace() {
    graceTimer.cancel();
    changedClusters.addAll(inGrace);
    inGrace.clear();
  }

  /** A stream is open, and from now on its server's word counts. */
  void use(int newServer, String name) {
    endGrace();
    stream++;
    streamBegan = loop.nanos();
    server = newServer;
    serverName = name;
    problem = "";
    markWaiting(); // they say for whom they wait
  }

  /** A server is being connected to. */
  void connecting(String name) {
    if (!connecting.equals(name)) {
      connecting = name;
      markWaiting();
    }
  }

  /** Why the control plane cannot be reached, for those who know nothing; empty when it can. */
  void problem(String reason) {
    if (!problem.equals(reason)) {
      problem = reason;
      markWaiting();
    }
  }

  private void markWaiting() {
    targets.values().stream().filter(WatchedTarget::isWaiting).forEach(this::changed);
  }

  String waitingFor(Resource<?> resource) {
    if (!problem.isEmpty()) {
      return problem;
    }
    if (serverName.isEmpty()) {
      return "the control plane"
          + (connecting.isEmpty() ? "" : " " + connecting)
          + " has not been reached yet";
    }
    return "the control plane " + serverName + " has not answered yet for " + resource.called();
  }

  /** Forgets everything, without a word to the watchers. */
  void clear() {
    changedClusters.clear();
    changedTargets.clear();
    graceTimer.cancel();
    inGrace.clear();
    targets.values().forEach(WatchedTarget::release);
    targets.clear();
    clusters.clear();
    changedClusters.clear();
    changedTargets.clear();
  }
}
