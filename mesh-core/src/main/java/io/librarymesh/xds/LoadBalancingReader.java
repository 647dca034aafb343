package io.librarymesh.xds;

import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.LeastRequest;
import io.librarymesh.config.LbPolicy.RoundRobin;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.LocalityBalancing;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LeastRequestLbConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.MaglevLbConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.RingHashLbConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.RoundRobinLbConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.SlowStartConfig;
import io.librarymesh.xds.LbPolicyReader.Balancing;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads how an endpoint is chosen. Source: Envoy {@code Cluster.lb_policy} and {@code
 * Cluster.load_balancing_policy}, which goes before it, and {@code common_lb_config}.
 */
final class LoadBalancingReader {
  private static final int DEFAULT_PANIC_PERCENT = 50;

  private final Cluster cluster;
  private final FieldPath root;
  private final Findings findings;

  private LoadBalancingReader(Cluster cluster, FieldPath root, Findings findings) {
    this.cluster = cluster;
    this.root = root;
    this.findings = findings;
  }

  static LoadBalancing read(Cluster cluster, FieldPath root, Findings findings) {
    LoadBalancingReader reader = new LoadBalancingReader(cluster, root, findings);
    FieldPath divided = root.field("lb_subset_config");
    Balancing balancing =
        cluster.hasLoadBalancingPolicy()
            ? LbPolicyReader.read(
                cluster.getLoadBalancingPolicy(), root.field("load_balancing_policy"), findings)
            : new Balancing(
                reader.policy(),
                reader.localities(),
                SubsetReader.read(cluster.getLbSubsetConfig(), divided, findings));
    if (cluster.hasLbSubsetConfig() && cluster.hasLoadBalancingPolicy()) {
      findings.error(divided, "beside load_balancing_policy (expected: one of them)");
    }
    return new LoadBalancing(
        balancing.policy(),
        balancing.localities(),
        balancing.subsets(),
        reader.panicPercent(),
        reader.overrideHostStatuses());
  }

  private LbPolicy policy() {
    return switch (cluster.getLbPolicy()) {
      case CLUSTER_PROVIDED -> RoundRobin.DEFAULT;
      case ROUND_ROBIN -> roundRobin(cluster.getRoundRobinLbConfig());
      case LEAST_REQUEST -> leastRequest(cluster.getLeastRequestLbConfig());
      case RANDOM -> new LbPolicy.Random();
      case RING_HASH -> ringHash(cluster.getRingHashLbConfig());
      case MAGLEV -> maglev(cluster.getMaglevLbConfig());
      case LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED -> {
        findings.error(
            root.field("lb_policy"),
            cluster.getLbPolicyValue() + " (expected: such as ROUND_ROBIN)");
        yield RoundRobin.DEFAULT;
      }
    };
  }

  private LocalityBalancing localities() {
    return cluster.getCommonLbConfig().hasLocalityWeightedLbConfig()
        ? LocalityBalancing.Weighted.INSTANCE
        : LocalityBalancing.None.INSTANCE;
  }

  private LbPolicy roundRobin(RoundRobinLbConfig config) {
    FieldPath at = root.field("round_robin_lb_config");
    return config.hasSlowStartConfig()
        ? new RoundRobin(slowStart(config.getSlowStartConfig(), at))
        : RoundRobin.DEFAULT;
  }

  private SlowStart slowStart(SlowStartConfig config, FieldPath at) {
    return new NumberReader(at.field("slow_start_config"), findings)
        .slowStart(
            config.getSlowStartWindow(),
            config.hasAggression() ? config.getAggression().getDefaultValue() : 1.0,
            config.hasMinWeightPercent() ? config.getMinWeightPercent().getValue() : 10);
  }

  private LbPolicy leastRequest(LeastRequestLbConfig config) {
    FieldPath at = root.field("least_request_lb_config");
    NumberReader numbers = new NumberReader(at, findings);
    return new LeastRequest(
        config.hasChoiceCount() ? numbers.choices(config.getChoiceCount()) : 2,
        config.hasActiveRequestBias() ? numbers.bias(config.getActiveRequestBias()) : 1.0,
        config.hasSlowStartConfig() ? slowStart(config.getSlowStartConfig(), at) : SlowStart.NONE);
  }

  private LbPolicy ringHash(RingHashLbConfig config) {
    NumberReader numbers = new NumberReader(root.field("ring_hash_lb_config"), findings);
    return numbers.ring(
        config.hasMinimumRingSize() ? config.getMinimumRingSize().getValue() : 1024,
        config.hasMaximumRingSize()
            ? config.getMaximumRingSize().getValue()
            : LbPolicy.RingHash.MAX_SIZE,
        config.getHashFunction() == RingHashLbConfig.HashFunction.MURMUR_HASH_2
            ? LbPolicy.HashFunction.MURMUR_HASH_2
            : LbPolicy.HashFunction.XX_HASH,
        hashing());
  }

  private LbPolicy maglev(MaglevLbConfig config) {
    NumberReader numbers = new NumberReader(root.field("maglev_lb_config"), findings);
    return config.hasTableSize()
        ? numbers.maglev(config.getTableSize().getValue(), hashing())
        : new LbPolicy.Maglev(LbPolicy.Maglev.DEFAULT.tableSize(), hashing());
  }

  private ConsistentHashing hashing() {
    CommonLbConfig.ConsistentHashingLbConfig config =
        cluster.getCommonLbConfig().getConsistentHashingLbConfig();
    FieldPath at = root.field("common_lb_config").field("consistent_hashing_lb_config");
    return new ConsistentHashing(
        config.getUseHostnameForHashing(),
        config.hasHashBalanceFactor()
            ? new NumberReader(at, findings).balanceFactor(config.getHashBalanceFactor())
            : 0);
  }

  private int panicPercent() {
    if (!cluster.getCommonLbConfig().hasHealthyPanicThreshold()) {
      return DEFAULT_PANIC_PERCENT;
    }
    double percent = cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue();
    if (percent >= 0 && percent <= 100) {
      return (int) percent;
    }
    findings.error(
        root.field("common_lb_config").field("healthy_panic_threshold"),
        percent + " (expected: 0..100)");
    return DEFAULT_PANIC_PERCENT;
  }

  private Set<HealthStatus> overrideHostStatuses() {
    if (!cluster.getCommonLbConfig().hasOverrideHostStatus()) {
      return LoadBalancing.USABLE;
    }
    return cluster.getCommonLbConfig().getOverrideHostStatus().getStatusesList().stream()
        .map(EndpointReader::health)
        .collect(Collectors.toSet());
  }
}
