package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ClientTlsSettings;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.OutlierDetection;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import io.librarymesh.controlplane.istio.TrafficPolicy.PortTrafficPolicy;
import io.librarymesh.controlplane.istio.TrafficPolicy.RetryBudget;
import java.util.List;
import java.util.Optional;

/**
 * The policy of one cluster after rule, port and subset are put together. Blocks are taken whole,
 * never merged field by field.
 *
 * @param loadBalancer choice of endpoint
 * @param connectionPool limits
 * @param outlierDetection ejection of failing endpoints
 * @param tls how to connect
 * @param retryBudget limit on outstanding retries, in place of their number
 */
record ClusterPolicy(
    Optional<LoadBalancerSettings> loadBalancer,
    Optional<ConnectionPoolSettings> connectionPool,
    Optional<OutlierDetection> outlierDetection,
    Optional<ClientTlsSettings> tls,
    Optional<RetryBudget> retryBudget) {

  /** Envoy's {@code consecutive_5xx} where a rule says nothing. */
  private static final long FIVE_XX_UNLESS_TOLD = 5;

  /** The most that Envoy can count to. */
  private static final long NEVER = 0xFFFF_FFFFL;

  static final ClusterPolicy NONE =
      new ClusterPolicy(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * The policy of a service port, or of a subset of it.
   *
   * @param mesh what holds where the rule, or the policy of the port in it, has no such block
   * @param subset the subset; absent for the whole service
   */
  static ClusterPolicy of(
      DefaultTrafficPolicy mesh,
      Optional<MergedDestinationRule> rule,
      int port,
      Optional<Subset> subset) {
    ClusterPolicy base =
        rule.flatMap(MergedDestinationRule::trafficPolicy)
            .map(policy -> ofRule(policy, port))
            .orElse(NONE)
            .completedBy(mesh);
    return subset
        .flatMap(Subset::trafficPolicy)
        .map(policy -> base.overriddenBy(policy, port))
        .orElse(base);
  }

  /** A policy of the port replaces the whole policy around it. */
  private static ClusterPolicy ofRule(TrafficPolicy policy, int port) {
    return portPolicy(policy, port)
        .map(
            p ->
                new ClusterPolicy(
                    p.loadBalancer(),
                    p.connectionPool(),
                    p.outlierDetection(),
                    p.tls(),
                    Optional.empty()))
        .orElseGet(
            () ->
                new ClusterPolicy(
                    policy.loadBalancer(),
                    policy.connectionPool(),
                    policy.outlierDetection(),
                    policy.tls(),
                    policy.retryBudget()));
  }

  private ClusterPolicy completedBy(DefaultTrafficPolicy mesh) {
    return new ClusterPolicy(
        loadBalancer,
        connectionPool.or(mesh::connectionPool),
        outlierDetection.or(mesh::outlierDetection),
        tls,
        retryBudget);
  }

  /** A subset's blocks replace those of the rule; its port entry replaces even by absence. */
  private ClusterPolicy overriddenBy(TrafficPolicy subset, int port) {
    Optional<PortTrafficPolicy> portPolicy = portPolicy(subset, port);
    Optional<RetryBudget> budget = subset.retryBudget().or(() -> retryBudget);
    return portPolicy
        .map(
            p ->
                new ClusterPolicy(
                    p.loadBalancer(), p.connectionPool(), p.outlierDetection(), p.tls(), budget))
        .orElseGet(
            () ->
                new ClusterPolicy(
                    subset.loadBalancer().or(() -> loadBalancer),
                    subset.connectionPool().or(() -> connectionPool),
                    subset.outlierDetection().or(() -> outlierDetection),
                    subset.tls().or(() -> tls),
                    budget));
  }

  /**
   * What of the policy a sidecar can carry out where it sees connections and no requests: limits on
   * requests and retries go, and only failures to connect are counted.
   */
  ClusterPolicy ofConnections() {
    return new ClusterPolicy(
        loadBalancer,
        connectionPool.map(pool -> new ConnectionPoolSettings(pool.tcp(), Optional.empty())),
        outlierDetection.map(ClusterPolicy::ofConnections),
        tls,
        Optional.empty());
  }

  /**
   * Failures to connect are split off, and there is nothing else. Where the rule does not split
   * them, each counts as an answer of 503, and the first of the two counts to be full ejects.
   */
  private static OutlierDetection ofConnections(OutlierDetection detection) {
    return new OutlierDetection(
        true,
        detection.splitExternalLocalOriginErrors()
            ? detection.consecutiveLocalOriginFailures()
            : Optional.of(failuresToConnect(detection)),
        Optional.of(0L),
        Optional.of(0L),
        detection.interval(),
        detection.baseEjectionTime(),
        detection.maxEjectionPercent(),
        detection.minHealthPercent(),
        List.of());
  }

  private static long failuresToConnect(OutlierDetection detection) {
    long fiveXx = detection.consecutive5xxErrors().orElse(FIVE_XX_UNLESS_TOLD);
    long gateway = detection.consecutiveGatewayErrors().orElse(0L);
    return Math.min(fiveXx == 0 ? NEVER : fiveXx, gateway == 0 ? NEVER : gateway);
  }

  private static Optional<PortTrafficPolicy> portPolicy(TrafficPolicy policy, int port) {
    return policy.portLevelSettings().stream().filter(p -> p.port() == port).findFirst();
  }
}
