package io.librarymesh.controlplane.translate;

import com.google.protobuf.UInt32Value;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings;
import io.librarymesh.controlplane.istio.OutlierDetection;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.librarymesh.proto.envoy.config.core.v3.ConfigSource;
import io.librarymesh.proto.envoy.config.core.v3.SelfConfigSource;
import io.librarymesh.proto.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.Optional;

/** Clusters by name. */
final class ClusterTranslation {

  /** The cluster of hosts that nobody declared. */
  static final String PASSTHROUGH = "PassthroughCluster";

  /** "No limit", as Istio says it: 2^32-1. */
  /** The limit where nobody wrote one. */
  static final UInt32Value UNLIMITED = UInt32Value.of(-1);

  private static final ConfigSource TO_THIS_SERVER =
      ConfigSource.newBuilder().setSelf(SelfConfigSource.getDefaultInstance()).build();
  private static final Duration DNS_JITTER = Duration.ofMillis(100);

  private final ClientLookup lookup;

  ClusterTranslation(ClientLookup lookup) {
    this.lookup = lookup;
  }

  Optional<Cluster> translate(String name) {
    if (name.equals(PASSTHROUGH)) {
      // No host changes it, but settings of the mesh do.
      lookup.consult(PASSTHROUGH);
      return lookup.isGrpc() ? Optional.empty() : Optional.of(passthrough());
    }
    return ClusterName.parse(name)
        .flatMap(parsed -> Upstream.find(lookup, parsed))
        .filter(upstream -> !(ClientTls.of(upstream, lookup) instanceof ClientTls.Unavailable))
        .flatMap(this::cluster);
  }

  private Optional<Cluster> cluster(Upstream upstream) {
    String name = upstream.name().toString();
    Cluster.Builder cluster = builder(name, upstream.policy());
    switch (upstream.discovery(lookup.isGrpc())) {
      case EDS ->
          cluster
              .setType(DiscoveryType.EDS)
              .setEdsClusterConfig(
                  Cluster.EdsClusterConfig.newBuilder()
                      .setEdsConfig(Packing.ADS)
                      .setServiceName(name));
      case STRICT_DNS -> dns(cluster.setType(DiscoveryType.STRICT_DNS), upstream);
      case LOGICAL_DNS -> dns(cluster.setType(DiscoveryType.LOGICAL_DNS), upstream);
      case ORIGINAL_DST -> cluster.setType(DiscoveryType.ORIGINAL_DST);
      case UNSUPPORTED -> {
        return Optional.empty();
      }
    }
    if (cluster.getType() == DiscoveryType.ORIGINAL_DST) {
      cluster.setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED);
    } else {
      LbPolicyTranslation.apply(cluster, upstream.policy().loadBalancer(), lookup.view().dialect());
      if (LocalityPolicy.of(upstream).weighted()) {
        cluster
            .getCommonLbConfigBuilder()
            .setLocalityWeightedLbConfig(
                Cluster.CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
      }
    }
    if (upstream.service().service().session().isPresent()) {
      cluster.getCommonLbConfigBuilder().setOverrideHostStatus(SessionTranslation.STATUSES);
    }
    HttpOptionsTranslation.apply(cluster, upstream, lookup);
    ClientTlsTranslation.apply(cluster, upstream, lookup);
    if (lookup.isGrpc() && lookup.meshConfig().loadReports()) {
      cluster.setLrsServer(TO_THIS_SERVER);
    }
    if (!lookup.isGrpc()) {
      cluster.setMetadata(
          Origin.ofCluster(upstream, lookup.destinationRule(upstream.service().service())));
    }
    return Optional.of(cluster.build());
  }

  /** Istio asks for the addresses that its proxy can reach; most can reach those of IPv4. */
  private void dns(Cluster.Builder cluster, Upstream upstream) {
    cluster
        .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED)
        .setDnsRefreshRate(Packing.duration(lookup.meshConfig().dnsRefreshRate()))
        .setDnsJitter(Packing.duration(DNS_JITTER))
        .setRespectDnsTtl(true)
        .setLoadAssignment(EndpointTranslation.assignment(upstream, lookup));
  }

  private Cluster passthrough() {
    return builder(PASSTHROUGH, ClusterPolicy.NONE)
        .setType(DiscoveryType.ORIGINAL_DST)
        .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
        .build();
  }

  /** What does not depend on where endpoints come from. */
  private Cluster.Builder builder(String name, ClusterPolicy policy) {
    Duration connectTimeout =
        policy
            .connectionPool()
            .flatMap(ConnectionPoolSettings::tcp)
            .flatMap(ConnectionPoolSettings.Tcp::connectTimeout)
            .orElse(lookup.meshConfig().connectTimeout());
    int panicPercent = policy.outlierDetection().map(OutlierDetection::minHealthPercent).orElse(0);
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setConnectTimeout(Packing.duration(connectTimeout))
            .setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(thresholds(policy)))
            .setCommonLbConfig(
                Cluster.CommonLbConfig.newBuilder()
                    .setHealthyPanicThreshold(Percent.newBuilder().setValue(panicPercent)));
    if (!lookup.isGrpc()) {
      policy
          .outlierDetection()
          .ifPresent(d -> cluster.setOutlierDetection(OutlierTranslation.translate(d)));
    }
    return cluster;
  }

  private static CircuitBreakers.Thresholds thresholds(ClusterPolicy policy) {
    Optional<ConnectionPoolSettings.Tcp> tcp =
        policy.connectionPool().flatMap(ConnectionPoolSettings::tcp);
    Optional<ConnectionPoolSettings.Http> http =
        policy.connectionPool().flatMap(ConnectionPoolSettings::http);
    CircuitBreakers.Thresholds.Builder thresholds =
        CircuitBreakers.Thresholds.newBuilder()
            .setMaxConnections(limit(tcp.flatMap(ConnectionPoolSettings.Tcp::maxConnections)))
            .setMaxPendingRequests(
                limit(http.flatMap(ConnectionPoolSettings.Http::http1MaxPendingRequests)))
            .setMaxRequests(limit(http.flatMap(ConnectionPoolSettings.Http::http2MaxRequests)))
            .setMaxRetries(limit(http.flatMap(ConnectionPoolSettings.Http::maxRetries)));
    policy.retryBudget().ifPresent(budget -> thresholds.setRetryBudget(budget(budget)));
    return thresholds.build();
  }

  private static CircuitBreakers.Thresholds.RetryBudget budget(TrafficPolicy.RetryBudget budget) {
    CircuitBreakers.Thresholds.RetryBudget.Builder result =
        CircuitBreakers.Thresholds.RetryBudget.newBuilder();
    budget
        .percent()
        .ifPresent(percent -> result.setBudgetPercent(Percent.newBuilder().setValue(percent)));
    budget
        .minRetryConcurrency()
        .ifPresent(n -> result.setMinRetryConcurrency(UInt32Value.of(n.intValue())));
    return result.build();
  }

  private static UInt32Value limit(Optional<Integer> written) {
    return written.map(UInt32Value::of).orElse(UNLIMITED);
  }
}
