package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.xds.ClusterResource.EndpointSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cluster with its endpoints, shared by all targets that name it. Event loop only.
 *
 * <p>A cluster is put in force with its endpoints or not at all. When it comes to name other
 * endpoints, the old cluster stays in force, with its own endpoints followed, until the new ones
 * are there, are said not to exist, or are waited for in vain. Endpoints that do not exist make a
 * cluster without endpoints: it is there, and nothing in it can be picked.
 *
 * <p>A control plane that was restarted does not know yet which workloads run. So an assignment
 * that is empty on a new stream, where the one of an earlier stream was not, is waited out for a
 * while.
 *
 * <p>On purpose: unlike in Envoy, a changed cluster that names the same endpoints does not wait for
 * them to be sent again.
 */
final class ClusterNode implements Dependent {
  private final DependencyTree tree;
  private final String name;
  private final Resource<ClusterResource> cluster;
  private final Set<WatchedTarget> users = new LinkedHashSet<>();

  /** What the latest cluster names; null when its endpoints stand in it. */
  private @Nullable Resource<LoadAssignment> endpoints;

  /** What the cluster in force names, while that is something else. */
  private @Nullable Resource<LoadAssignment> formerEndpoints;

  private @Nullable ClusterConfig config;
  private LoadAssignment assignment = LoadAssignment.EMPTY;
  private int assignmentStream;
  private boolean endpointsRefused;

  ClusterNode(DependencyTree tree, String name) {
    this.tree = tree;
    this.name = name;
    this.cluster = tree.tables().clusters.subscribe(name, this);
  }

  String name() {
    return name;
  }

  void addUser(WatchedTarget user) {
    users.add(user);
  }

  /** Returns whether it was the last one. */
  boolean removeUser(WatchedTarget user) {
    users.remove(user);
    return users.isEmpty();
  }

  @Override
  public void onChange() {
    tree.changed(this);
  }

  /** What is in force; empty when there is no such cluster, or none yet. */
  Optional<ClusterConfig> config() {
    return Optional.ofNullable(config);
  }

  /**
   * Whether there is nothing to wait for any more.
   *
   * @param holding whether the asking target has something that can stay in force meanwhile
   */
  boolean decided(boolean holding) {
    if (config != null) {
      return !(endpointsRefused && holding);
    }
    return cluster.value().isEmpty() && tree.settled(cluster, holding);
  }

  /** Whether all of it is the word of the server in use. */
  boolean confirmed() {
    return tree.confirmed(cluster) && (endpoints == null || tree.confirmed(endpoints));
  }

  /** What it waits for, while it is not decided. */
  Resource<?> awaited() {
    return cluster.value().isPresent() && endpoints != null ? endpoints : cluster;
  }

  /** Puts the cluster together from what is known now. */
  void settle() {
    if (!tree.settled(cluster, config != null)) {
      return;
    }
    Optional<ClusterResource> value = cluster.value();
    if (value.isEmpty()) {
      releaseEndpoints();
      putInForce(null);
    } else if (value.get().endpoints() instanceof EndpointSource.Inline inline) {
      releaseEndpoints();
      putInForce(with(value.get().cluster(), inline.assignment()));
    } else {
      follow(((EndpointSource.Named) value.get().endpoints()).serviceName());
      settle(value.get().cluster());
    }
  }

  private void follow(String serviceName) {
    if (endpoints != null && endpoints.name().equals(serviceName)) {
      return;
    }
    if (endpoints != null) {
      if (config != null && formerEndpoints == null) {
        formerEndpoints = endpoints;
      } else {
        tree.tables().endpoints.unsubscribe(endpoints, this);
      }
    }
    endpoints = tree.tables().endpoints.subscribe(serviceName, this);
  }

  private void settle(Cluster latest) {
    Resource<LoadAssignment> awaited = requireNonNull(endpoints, "endpoints");
    if (tree.settled(awaited, config != null)) {
      releaseFormerEndpoints();
      endpointsRefused = !awaited.decided(true);
      putInForce(with(latest, unlessEmptied(awaited.value().orElse(LoadAssignment.EMPTY))));
    } else if (config != null && formerEndpoints != null && tree.confirmed(formerEndpoints)) {
      putInForce(with(config.cluster(), formerEndpoints.value().orElse(LoadAssignment.EMPTY)));
    } else {
      users.forEach(WatchedTarget::onChange); // what they wait for is another now
    }
  }

  private LoadAssignment unlessEmptied(LoadAssignment latest) {
    boolean emptied = config != null && latest.isEmpty() && !assignment.isEmpty();
    return emptied && tree.keepsEndpoints(assignmentStream, this) ? assignment : latest;
  }

  /** The same object when nothing is new, so that what was compiled from it stays. */
  @SuppressWarnings("ReferenceEquality") // What did not change is the same object.
  private ClusterConfig with(Cluster latest, LoadAssignment latestAssignment) {
    if (config != null && config.cluster() == latest && assignment == latestAssignment) {
      return config;
    }
    if (assignment != latestAssignment) {
      assignment = latestAssignment;
      assignmentStream = tree.stream();
    }
    return latestAssignment.of(latest);
  }

  private void putInForce(@Nullable ClusterConfig next) {
    config = next;
    // Also when it is the same: a user may wait for the decision, or for the server's word.
    users.forEach(WatchedTarget::onChange);
  }

  private void releaseFormerEndpoints() {
    if (formerEndpoints != null && formerEndpoints != endpoints) {
      tree.tables().endpoints.unsubscribe(formerEndpoints, this);
    }
    formerEndpoints = null;
  }

  private void releaseEndpoints() {
    releaseFormerEndpoints();
    if (endpoints != null) {
      tree.tables().endpoints.unsubscribe(endpoints, this);
      endpoints = null;
    }
    endpointsRefused = false;
  }

  /** Lets go of its resources. */
  void release() {
    releaseEndpoints();
    tree.tables().clusters.unsubscribe(cluster, this);
  }
}
