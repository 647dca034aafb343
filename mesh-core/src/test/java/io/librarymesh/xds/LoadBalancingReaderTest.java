package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.LocalityBalancing;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.librarymesh.proto.envoy.config.core.v3.RuntimeDouble;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.LocalityWeightedLbConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.type.v3.Percent;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadBalancingReaderTest {
  private static final ConsistentHashing BY_NAME_150 = new ConsistentHashing(true, 150);

  private static LbPolicy read(Cluster.Builder message) {
    assertThat(Reading.warnings(ResourceType.CLUSTER, message.build())).isEmpty();
    return Reading.value(ResourceType.CLUSTER, message.build()).cluster().loadBalancing().policy();
  }

  private static List<String> errors(Cluster.Builder message) {
    return Reading.errors(ResourceType.CLUSTER, message.build());
  }

  private static Cluster.Builder of(Cluster.LbPolicy policy) {
    return clusterBuilder("c").setLbPolicy(policy);
  }

  private static Cluster.Builder listed(Message... configs) {
    LoadBalancingPolicy.Builder policy = LoadBalancingPolicy.newBuilder();
    for (Message config : configs) {
      policy.addPolicies(
          LoadBalancingPolicy.Policy.newBuilder()
              .setTypedExtensionConfig(
                  TypedExtensionConfig.newBuilder().setTypedConfig(Any.pack(config))));
    }
    return clusterBuilder("c").setLoadBalancingPolicy(policy);
  }

  @Test
  void namedPoliciesHaveEnvoysDefaults() {
    assertThat(read(of(Cluster.LbPolicy.ROUND_ROBIN))).isEqualTo(LbPolicy.RoundRobin.DEFAULT);
    assertThat(read(of(Cluster.LbPolicy.LEAST_REQUEST))).isEqualTo(LbPolicy.LeastRequest.DEFAULT);
    assertThat(read(of(Cluster.LbPolicy.RANDOM))).isEqualTo(new LbPolicy.Random());
    assertThat(read(of(Cluster.LbPolicy.RING_HASH)))
        .isEqualTo(
            new LbPolicy.RingHash(
                1024, 8_388_608, HashFunction.XX_HASH, new ConsistentHashing(false, 0)));
    assertThat(read(of(Cluster.LbPolicy.MAGLEV)))
        .isEqualTo(new LbPolicy.Maglev(65_537, new ConsistentHashing(false, 0)));
    assertThat(errors(clusterBuilder("c").setLbPolicyValue(99)))
        .containsExactly("lb_policy: 99 (expected: such as ROUND_ROBIN)");
  }

  @Test
  void settingsOfNamedPolicies() {
    Cluster.Builder least = of(Cluster.LbPolicy.LEAST_REQUEST);
    least
        .getLeastRequestLbConfigBuilder()
        .setChoiceCount(UInt32Value.of(5))
        .setActiveRequestBias(RuntimeDouble.newBuilder().setDefaultValue(0.5).setRuntimeKey("k"));
    assertThat(read(least)).isEqualTo(new LbPolicy.LeastRequest(5, 0.5, SlowStart.NONE));

    Cluster.Builder ring = of(Cluster.LbPolicy.RING_HASH);
    ring.getRingHashLbConfigBuilder()
        .setMinimumRingSize(UInt64Value.of(6))
        .setMaximumRingSize(UInt64Value.of(60))
        .setHashFunction(Cluster.RingHashLbConfig.HashFunction.MURMUR_HASH_2);
    hashing(ring);
    assertThat(read(ring))
        .isEqualTo(new LbPolicy.RingHash(6, 60, HashFunction.MURMUR_HASH_2, BY_NAME_150));

    Cluster.Builder maglev = of(Cluster.LbPolicy.MAGLEV);
    maglev.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(101));
    hashing(maglev);
    assertThat(read(maglev)).isEqualTo(new LbPolicy.Maglev(101, BY_NAME_150));
  }

  private static void hashing(Cluster.Builder message) {
    message
        .getCommonLbConfigBuilder()
        .getConsistentHashingLbConfigBuilder()
        .setUseHostnameForHashing(true)
        .setHashBalanceFactor(UInt32Value.of(150));
  }

  @Test
  void settingsOfListedPolicies() {
    assertThat(read(listed(Random.getDefaultInstance()))).isEqualTo(new LbPolicy.Random());
    assertThat(
            read(
                listed(
                    LeastRequest.newBuilder()
                        .setChoiceCount(UInt32Value.of(3))
                        .setActiveRequestBias(RuntimeDouble.newBuilder().setDefaultValue(2))
                        .build())))
        .isEqualTo(new LbPolicy.LeastRequest(3, 2, SlowStart.NONE));
    assertThat(
            read(
                listed(
                    LeastRequest.newBuilder()
                        .setSelectionMethod(LeastRequest.SelectionMethod.FULL_SCAN)
                        .build())))
        .isEqualTo(new LbPolicy.LeastRequest(LbPolicy.LeastRequest.ALL, 1, SlowStart.NONE));
    ConsistentHashingLbConfig hashing =
        ConsistentHashingLbConfig.newBuilder()
            .setUseHostnameForHashing(true)
            .setHashBalanceFactor(UInt32Value.of(150))
            .build();
    assertThat(
            read(
                listed(
                    RingHash.newBuilder()
                        .setMinimumRingSize(UInt64Value.of(6))
                        .setMaximumRingSize(UInt64Value.of(60))
                        .setHashFunction(RingHash.HashFunction.MURMUR_HASH_2)
                        .setConsistentHashingLbConfig(hashing)
                        .build())))
        .isEqualTo(new LbPolicy.RingHash(6, 60, HashFunction.MURMUR_HASH_2, BY_NAME_150));
    assertThat(
            read(
                listed(
                    RingHash.newBuilder()
                        .setUseHostnameForHashing(true)
                        .setHashBalanceFactor(UInt32Value.of(150))
                        .build())))
        .isEqualTo(
            new LbPolicy.RingHash(
                1024, LbPolicy.RingHash.MAX_SIZE, HashFunction.XX_HASH, BY_NAME_150));
    assertThat(
            read(
                listed(
                    Maglev.newBuilder()
                        .setTableSize(UInt64Value.of(101))
                        .setConsistentHashingLbConfig(hashing)
                        .build())))
        .isEqualTo(new LbPolicy.Maglev(101, BY_NAME_150));
  }

  @Test
  void listGoesFirstAndItsFirstKnownEntryIsTaken() {
    assertThat(
            read(
                listed(
                        ClientSideWeightedRoundRobin.getDefaultInstance(),
                        LeastRequest.getDefaultInstance(),
                        RoundRobin.getDefaultInstance())
                    .setLbPolicy(Cluster.LbPolicy.RANDOM)))
        .isEqualTo(LbPolicy.LeastRequest.DEFAULT);
    Cluster.Builder unknown = listed(ClientSideWeightedRoundRobin.getDefaultInstance());
    assertThat(
            Reading.value(ResourceType.CLUSTER, unknown.build()).cluster().loadBalancing().policy())
        .isEqualTo(LbPolicy.RoundRobin.DEFAULT);
    assertThat(Reading.warnings(ResourceType.CLUSTER, unknown.build()))
        .containsExactly(
            "load_balancing_policy: envoy.extensions.load_balancing_policies"
                + ".client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin"
                + " not carried out, RoundRobin taken");
    assertThat(errors(listed(RawBuffer.getDefaultInstance())))
        .containsExactly(
            "load_balancing_policy: no known policy (expected: such as RoundRobin among them)");
  }

  @Test
  void localitiesByWeight() {
    Cluster.Builder named = of(Cluster.LbPolicy.RANDOM);
    assertThat(localities(named)).isEqualTo(LocalityBalancing.None.INSTANCE);
    named.getCommonLbConfigBuilder().getLocalityWeightedLbConfigBuilder();
    assertThat(localities(named)).isEqualTo(LocalityBalancing.Weighted.INSTANCE);

    LocalityLbConfig weighted =
        LocalityLbConfig.newBuilder()
            .setLocalityWeightedLbConfig(LocalityWeightedLbConfig.getDefaultInstance())
            .build();
    for (Message policy :
        List.of(
            RoundRobin.newBuilder().setLocalityLbConfig(weighted).build(),
            LeastRequest.newBuilder().setLocalityLbConfig(weighted).build(),
            Random.newBuilder().setLocalityLbConfig(weighted).build(),
            RingHash.newBuilder()
                .setLocalityWeightedLbConfig(LocalityWeightedLbConfig.getDefaultInstance())
                .build(),
            Maglev.newBuilder()
                .setLocalityWeightedLbConfig(LocalityWeightedLbConfig.getDefaultInstance())
                .build())) {
      assertThat(localities(listed(policy))).isEqualTo(LocalityBalancing.Weighted.INSTANCE);
    }
    // A list that goes first brings its own localities.
    assertThat(
            localities(
                listed(RoundRobin.getDefaultInstance())
                    .setCommonLbConfig(named.getCommonLbConfig())))
        .isEqualTo(LocalityBalancing.None.INSTANCE);
  }

  private static LocalityBalancing localities(Cluster.Builder message) {
    assertThat(Reading.warnings(ResourceType.CLUSTER, message.build())).isEmpty();
    return Reading.value(ResourceType.CLUSTER, message.build())
        .cluster()
        .loadBalancing()
        .localities();
  }

  @Test
  void wrrLocalityIsAPolicyAroundAnother() {
    Cluster.Builder message =
        listed(
            WrrLocality.newBuilder()
                .setEndpointPickingPolicy(
                    listed(LeastRequest.getDefaultInstance()).getLoadBalancingPolicy())
                .build());
    assertThat(read(message)).isEqualTo(LbPolicy.LeastRequest.DEFAULT);
    assertThat(localities(message)).isEqualTo(LocalityBalancing.Weighted.INSTANCE);
  }

  @Test
  void slowStart() {
    SlowStart expected = new SlowStart(60_000_000_000L, 2, 5);
    Cluster.SlowStartConfig.Builder named =
        Cluster.SlowStartConfig.newBuilder()
            .setSlowStartWindow(SampleResources.seconds(60))
            .setAggression(RuntimeDouble.newBuilder().setDefaultValue(2).setRuntimeKey("k"))
            .setMinWeightPercent(Percent.newBuilder().setValue(5));
    Cluster.Builder round = of(Cluster.LbPolicy.ROUND_ROBIN);
    round.getRoundRobinLbConfigBuilder().setSlowStartConfig(named);
    assertThat(read(round)).isEqualTo(new LbPolicy.RoundRobin(expected));
    Cluster.Builder least = of(Cluster.LbPolicy.LEAST_REQUEST);
    least.getLeastRequestLbConfigBuilder().setSlowStartConfig(named);
    assertThat(read(least)).isEqualTo(new LbPolicy.LeastRequest(2, 1, expected));
    SlowStartConfig listed =
        SlowStartConfig.newBuilder()
            .setSlowStartWindow(named.getSlowStartWindow())
            .setAggression(named.getAggression())
            .setMinWeightPercent(named.getMinWeightPercent())
            .build();
    assertThat(read(listed(RoundRobin.newBuilder().setSlowStartConfig(listed).build())))
        .isEqualTo(new LbPolicy.RoundRobin(expected));
    assertThat(read(listed(LeastRequest.newBuilder().setSlowStartConfig(listed).build())))
        .isEqualTo(new LbPolicy.LeastRequest(2, 1, expected));
    Cluster.SlowStartConfig.Builder plain =
        Cluster.SlowStartConfig.newBuilder().setSlowStartWindow(SampleResources.seconds(60));
    round.getRoundRobinLbConfigBuilder().setSlowStartConfig(plain);
    assertThat(read(round))
        .isEqualTo(new LbPolicy.RoundRobin(new SlowStart(60_000_000_000L, 1, 10)));
    round
        .getRoundRobinLbConfigBuilder()
        .setSlowStartConfig(plain.setAggression(RuntimeDouble.getDefaultInstance()));
    assertThat(errors(round))
        .containsExactly(
            "round_robin_lb_config.slow_start_config.aggression.default_value: 0.0 (expected: >"
                + " 0)");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    Cluster.Builder least = of(Cluster.LbPolicy.LEAST_REQUEST);
    least
        .getLeastRequestLbConfigBuilder()
        .setChoiceCount(UInt32Value.of(1))
        .setActiveRequestBias(RuntimeDouble.newBuilder().setDefaultValue(-1));
    assertThat(errors(least))
        .containsExactly(
            "least_request_lb_config.choice_count: 1 (expected: >= 2)",
            "least_request_lb_config.active_request_bias.default_value: -1.0 (expected: >= 0)");

    Cluster.Builder ring = of(Cluster.LbPolicy.RING_HASH);
    ring.getRingHashLbConfigBuilder().setMinimumRingSize(UInt64Value.of(9_000_000));
    assertThat(errors(ring))
        .containsExactly(
            "ring_hash_lb_config.minimum_ring_size: 9000000 (expected: at most maximum_ring_size,"
                + " 8388608)");
    ring.getRingHashLbConfigBuilder().setMaximumRingSize(UInt64Value.of(-1));
    assertThat(errors(ring))
        .containsExactly(
            "ring_hash_lb_config.maximum_ring_size: 18446744073709551615 (expected: 1..8388608)");

    for (long size : new long[] {0, 1, 4, 65_536, 5_000_012, -1}) {
      Cluster.Builder maglev = of(Cluster.LbPolicy.MAGLEV);
      maglev.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(size));
      assertThat(errors(maglev))
          .containsExactly(
              "maglev_lb_config.table_size: "
                  + Long.toUnsignedString(size)
                  + " (expected: a prime <= 5000011)");
    }

    Cluster.Builder bounded = of(Cluster.LbPolicy.MAGLEV);
    bounded
        .getCommonLbConfigBuilder()
        .getConsistentHashingLbConfigBuilder()
        .setHashBalanceFactor(UInt32Value.of(99));
    assertThat(errors(bounded))
        .containsExactly(
            "common_lb_config.consistent_hashing_lb_config.hash_balance_factor: 99 (expected: >="
                + " 100)");
  }

  @Test
  void hostsThatCallsMayAskFor() { // LB-42
    assertThat(statuses(of(Cluster.LbPolicy.ROUND_ROBIN))).isEqualTo(LoadBalancing.USABLE);

    Cluster.Builder some = of(Cluster.LbPolicy.ROUND_ROBIN);
    some.getCommonLbConfigBuilder()
        .getOverrideHostStatusBuilder()
        .addStatuses(io.librarymesh.proto.envoy.config.core.v3.HealthStatus.UNKNOWN)
        .addStatuses(io.librarymesh.proto.envoy.config.core.v3.HealthStatus.DRAINING);
    assertThat(statuses(some))
        .containsExactlyInAnyOrder(HealthStatus.UNKNOWN, HealthStatus.DRAINING);

    some.getCommonLbConfigBuilder().getOverrideHostStatusBuilder().clearStatuses();
    assertThat(statuses(some)).isEmpty();
  }

  private static Set<HealthStatus> statuses(Cluster.Builder message) {
    return Reading.value(ResourceType.CLUSTER, message.build())
        .cluster()
        .loadBalancing()
        .overrideHostStatuses();
  }
}
