package io.librarymesh;

import io.librarymesh.attempt.TimeoutPlan;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.fault.FaultPlan;
import io.librarymesh.guard.GuardTable;
import io.librarymesh.outcome.RetryRules;
import io.librarymesh.pick.Subset;
import io.librarymesh.route.MirrorPlan;
import io.librarymesh.route.PathNormalizer;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.route.RouteTable;
import io.librarymesh.time.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one target, compiled and immutable. A call reads it once and keeps it to its
 * end; only the state of clusters behind it (health, ejections, counts) lives on.
 */
sealed interface MeshSnapshot {
  /**
   * Nothing is known yet.
   *
   * @param changed fires when something is
   */
  record Pending(Signal changed, String reason) implements MeshSnapshot {}

  /** What is said of the target is broken, or the mesh is closed: there is nothing to wait for. */
  record Refused(String reason) implements MeshSnapshot {}

  /** There is no such target. */
  record Absent(String reason) implements MeshSnapshot {}

  /** The target is configured. */
  final class Ready implements MeshSnapshot {
    private final PathNormalizer paths;
    private final RouteTable table;
    private final Bound[] bound;
    private final String unknown;

    private Ready(PathNormalizer paths, RouteTable table, Bound[] bound, String unknown) {
      this.paths = paths;
      this.table = table;
      this.bound = bound;
      this.unknown = unknown;
    }

    /** Why nobody has declared the target; empty when somebody has. */
    String unknown() {
      return unknown;
    }

    /** Asked before the table, which knows normal paths only. */
    PathNormalizer paths() {
      return paths;
    }

    RouteTable table() {
      return table;
    }

    /** What {@code route} needs besides itself, found by its dense id. */
    Bound bound(RouteDecision.Matched route) {
      return bound[route.id()];
    }
  }

  /**
   * Compiles a configuration against the clusters of the mesh.
   *
   * @throws IllegalArgumentException with a path, when the configuration cannot be compiled
   */
  static Ready compile(
      TargetConfig config,
      Map<String, ClusterRuntime> clusters,
      List<Optional<GuardTable>> guards) {
    RouteTable table = RouteTable.compile(config.routes());
    List<RouteDecision.Matched> routes = table.routes();
    Bound[] bound = new Bound[routes.size()];
    List<VirtualHost> hosts = config.routes().virtualHosts();
    int id = 0;
    for (int i = 0; i < hosts.size(); i++) {
      GuardTable guard = guards.get(i).orElse(null);
      for (int j = 0; j < hosts.get(i).routes().size(); j++) {
        bound[id] = Bound.of(routes.get(id), guard, clusters, config.unknown());
        id++;
      }
    }
    return new Ready(PathNormalizer.compile(config.paths()), table, bound, config.unknown());
  }

  /** The compiled policies of one route, in the order in which a call meets them. */
  final class Bound {
    private static final ClusterRuntime[] NO_CLUSTERS = {};

    final RouteDecision.Matched matched;

    /** Null where no policy guards the calls of the route's virtual host. */
    final @Nullable GuardTable guards;

    /** What the route goes by; empty where no policy has use for it. */
    final String scope;

    /** Null where the route answers by itself. */
    final RouteAction.@Nullable Forward forward;

    /** Whether the route has hash policies. */
    final boolean hashes;

    /** Whether the route has sessions. */
    final boolean sessions;

    /** Null where nothing is mirrored. */
    final MirrorRoute @Nullable [] mirrors;

    final FaultPlan fault;
    final RetryRules retryRules;

    /** Null where the route's timeout and that of a try are all. */
    final @Nullable TimeoutPlan timeouts;

    /** Read on every call. */
    final boolean mayRetry;

    /** Whether an attempt that takes too long gets another beside it. */
    final boolean hedges;

    /** Why nobody has declared the target of the route; empty when somebody has. */
    final String unknown;

    private final @Nullable ClusterRuntime[] clusters;

    /** Null where no destination is divided. */
    private final @Nullable Subset @Nullable [] subsets;

    private final Map<String, ClusterRuntime> allClusters;

    private Bound(
        RouteDecision.Matched matched,
        @Nullable GuardTable guards,
        FaultPlan fault,
        RetryRules retryRules,
        MirrorRoute @Nullable [] mirrors,
        @Nullable ClusterRuntime[] clusters,
        Map<String, ClusterRuntime> allClusters,
        String unknown) {
      this.unknown = unknown;
      this.mirrors = mirrors;
      this.matched = matched;
      this.guards = guards;
      this.scope = guards == null ? "" : matched.route().match().toString();
      this.forward = matched.route().action() instanceof RouteAction.Forward action ? action : null;
      this.hashes = forward != null && !forward.hashPolicies().isEmpty();
      this.sessions = forward != null && matched.hasSessions();
      this.fault = fault;
      this.retryRules = retryRules;
      this.mayRetry = !retryRules.isNone();
      this.hedges = forward != null && forward.retryPolicy().hedges();
      this.timeouts =
          forward == null ? null : TimeoutPlan.compile(forward.timeouts(), forward.retryPolicy());
      this.clusters = clusters;
      this.subsets = forward == null ? null : subsets(forward.clusters(), clusters);
      this.allClusters = allClusters;
    }

    /** The cluster at an index of the route's destinations; null when it does not exist. */
    @Nullable ClusterRuntime cluster(int index) {
      return clusters[index];
    }

    /** What a destination asks for of its hosts; null where that is nothing. */
    @Nullable Subset subset(int index) {
      return subsets == null ? null : subsets[index];
    }

    private static @Nullable Subset @Nullable [] subsets(
        List<WeightedCluster> destinations, @Nullable ClusterRuntime[] clusters) {
      @Nullable Subset[] subsets = new Subset[destinations.size()];
      boolean divided = false;
      for (int i = 0; i < subsets.length; i++) {
        ClusterRuntime cluster = clusters[i];
        if (cluster != null) {
          subsets[i] = cluster.state.subset(destinations.get(i).metadataMatch()).orElse(null);
          divided |= subsets[i] != null;
        }
      }
      return divided ? subsets : null;
    }

    /** The cluster of a name; null when it does not exist. */
    @Nullable ClusterRuntime cluster(String name) {
      return allClusters.get(name);
    }

    private static Bound of(
        RouteDecision.Matched matched,
        @Nullable GuardTable guards,
        Map<String, ClusterRuntime> clusters,
        String unknown) {
      FaultPlan fault = FaultPlan.compile(matched.route().fault());
      if (!(matched.route().action() instanceof RouteAction.Forward forward)) {
        RetryRules none = RetryRules.compile(RetryPolicy.NONE);
        return new Bound(matched, guards, fault, none, null, NO_CLUSTERS, clusters, unknown);
      }
      List<WeightedCluster> destinations = forward.clusters();
      @Nullable ClusterRuntime[] bound = new ClusterRuntime[destinations.size()];
      for (int i = 0; i < bound.length; i++) {
        bound[i] = clusters.get(destinations.get(i).cluster());
      }
      RetryRules retryRules = RetryRules.compile(forward.retryPolicy());
      return new Bound(
          matched, guards, fault, retryRules, mirrors(matched, clusters), bound, clusters, unknown);
    }

    /** Those whose cluster exists. */
    private static MirrorRoute @Nullable [] mirrors(
        RouteDecision.Matched matched, Map<String, ClusterRuntime> clusters) {
      List<MirrorRoute> mirrors = new ArrayList<>();
      for (MirrorPlan plan : matched.mirrors()) {
        if (clusters.containsKey(plan.cluster())) {
          mirrors.add(new MirrorRoute(plan, of(plan.route(), null, clusters, "")));
        }
      }
      return mirrors.isEmpty() ? null : mirrors.toArray(MirrorRoute[]::new);
    }
  }

  /**
   * The way of the copies of a route's requests.
   *
   * @param route what they take in place of the route that the request matched
   */
  record MirrorRoute(MirrorPlan plan, Bound route) {}
}
