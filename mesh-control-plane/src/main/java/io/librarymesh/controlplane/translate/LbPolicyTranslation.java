package io.librarymesh.controlplane.translate;

import com.google.protobuf.DoubleValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt64Value;
import io.librarymesh.controlplane.istio.ConsistentHash;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.LoadBalancerSettings.Simple;
import io.librarymesh.controlplane.istio.LoadBalancerSettings.Warmup;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.RingHashLbConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.librarymesh.proto.envoy.config.core.v3.RuntimeDouble;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.librarymesh.proto.envoy.type.v3.Percent;
import java.util.Optional;

/** The choice of endpoint; least request where nothing was said, and round robin for gRPC. */
final class LbPolicyTranslation {

  private static final long MINIMUM_RING_SIZE = 1024;
  private static final double MINIMUM_WARMUP_PERCENT = 10;
  private static final double LINEAR = 1.0;

  /** In this form grpc-go minds the weights of localities, which it passes over in the other. */
  private static final LoadBalancingPolicy LEAST_REQUEST_OF_LOCALITIES =
      policies(
          WrrLocality.newBuilder()
              .setEndpointPickingPolicy(policies(LeastRequest.getDefaultInstance()))
              .build());

  private LbPolicyTranslation() {}

  static void apply(
      Cluster.Builder cluster, Optional<LoadBalancerSettings> settings, Dialect dialect) {
    Optional<ConsistentHash> hash = settings.flatMap(LoadBalancerSettings::consistentHash);
    if (hash.isPresent()) {
      applyHash(cluster, hash.get().algorithm(), dialect.isGrpc());
      return;
    }
    Simple simple = settings.flatMap(LoadBalancerSettings::simple).orElse(Simple.UNSPECIFIED);
    LbPolicy policy = dialect.isGrpc() ? forGrpc(simple, dialect) : policy(simple);
    cluster.setLbPolicy(policy);
    if (dialect.isGrpc() && policy == LbPolicy.LEAST_REQUEST) {
      cluster.setLoadBalancingPolicy(LEAST_REQUEST_OF_LOCALITIES);
    }
    settings
        .flatMap(LoadBalancerSettings::warmup)
        .ifPresent(warmup -> applyWarmup(cluster, policy, warmup));
  }

  private static LbPolicy policy(Simple simple) {
    return switch (simple) {
      case ROUND_ROBIN -> LbPolicy.ROUND_ROBIN;
      case RANDOM -> LbPolicy.RANDOM;
      case UNSPECIFIED, LEAST_CONN, LEAST_REQUEST, PASSTHROUGH -> LbPolicy.LEAST_REQUEST;
    };
  }

  private static LbPolicy forGrpc(Simple simple, Dialect dialect) {
    return asksForLeastRequest(simple) && dialect.knowsLeastRequest()
        ? LbPolicy.LEAST_REQUEST
        : LbPolicy.ROUND_ROBIN;
  }

  /** Whether somebody wrote so; silence means round robin to gRPC. */
  static boolean asksForLeastRequest(Simple simple) {
    return simple == Simple.LEAST_REQUEST || simple == Simple.LEAST_CONN;
  }

  private static LoadBalancingPolicy policies(Message first) {
    return LoadBalancingPolicy.newBuilder()
        .addPolicies(
            LoadBalancingPolicy.Policy.newBuilder()
                .setTypedExtensionConfig(
                    TypedExtensionConfig.newBuilder()
                        .setName(first.getDescriptorForType().getFullName())
                        .setTypedConfig(Packing.pack(first))))
        .build();
  }

  private static void applyHash(
      Cluster.Builder cluster, ConsistentHash.Algorithm algorithm, boolean grpc) {
    if (algorithm instanceof ConsistentHash.Maglev maglev && !grpc) {
      cluster
          .setLbPolicy(LbPolicy.MAGLEV)
          .setMaglevLbConfig(
              Cluster.MaglevLbConfig.newBuilder().setTableSize(UInt64Value.of(maglev.tableSize())));
      return;
    }
    long size =
        algorithm instanceof ConsistentHash.RingHash ring
            ? ring.minimumRingSize().orElse(MINIMUM_RING_SIZE)
            : MINIMUM_RING_SIZE;
    cluster
        .setLbPolicy(LbPolicy.RING_HASH)
        .setRingHashLbConfig(
            RingHashLbConfig.newBuilder()
                .setMinimumRingSize(UInt64Value.of(size))
                .setHashFunction(RingHashLbConfig.HashFunction.XX_HASH));
  }

  private static void applyWarmup(Cluster.Builder cluster, LbPolicy policy, Warmup warmup) {
    Cluster.SlowStartConfig slowStart =
        Cluster.SlowStartConfig.newBuilder()
            .setSlowStartWindow(Packing.duration(warmup.duration()))
            .setMinWeightPercent(
                Percent.newBuilder()
                    .setValue(warmup.minimumPercent().orElse(MINIMUM_WARMUP_PERCENT)))
            .setAggression(
                RuntimeDouble.newBuilder()
                    .setDefaultValue(DoubleValue.of(warmup.aggression().orElse(LINEAR)).getValue()))
            .build();
    if (policy == LbPolicy.ROUND_ROBIN) {
      cluster.setRoundRobinLbConfig(
          Cluster.RoundRobinLbConfig.newBuilder().setSlowStartConfig(slowStart));
    } else if (policy == LbPolicy.LEAST_REQUEST) {
      cluster.setLeastRequestLbConfig(
          Cluster.LeastRequestLbConfig.newBuilder().setSlowStartConfig(slowStart));
    }
  }
}
