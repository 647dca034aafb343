package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.Subsets;
import io.librarymesh.config.Subsets.Fallback;
import io.librarymesh.config.Subsets.FewerKeys;
import io.librarymesh.config.Subsets.LocalityWeights;
import io.librarymesh.config.Subsets.Same;
import io.librarymesh.config.Subsets.Selector;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetFallbackPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetMetadataFallbackPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector.LbSubsetSelectorFallbackPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubsetReaderTest {
  private static Cluster.Builder divided(LbSubsetConfig.Builder config) {
    return clusterBuilder("c").setLbSubsetConfig(config);
  }

  private static Subsets read(LbSubsetConfig.Builder config) {
    ClusterResource cluster = Reading.value(ResourceType.CLUSTER, divided(config).build());
    return cluster.cluster().loadBalancing().subsets();
  }

  private static LbSubsetSelector.Builder selector(String... keys) {
    return LbSubsetSelector.newBuilder().addAllKeys(List.of(keys));
  }

  @Test
  void everyFieldIsRead() {
    LbSubsetConfig.Builder config =
        LbSubsetConfig.newBuilder()
            .setFallbackPolicy(LbSubsetFallbackPolicy.DEFAULT_SUBSET)
            .setDefaultSubset(
                Struct.newBuilder()
                    .putFields("stage", Value.newBuilder().setStringValue("prod").build()))
            .addSubsetSelectors(
                selector("stage", "version")
                    .setFallbackPolicy(LbSubsetSelectorFallbackPolicy.KEYS_SUBSET)
                    .addFallbackKeysSubset("stage"))
            .addSubsetSelectors(selector("id").setSingleHostPerSubset(true))
            .addSubsetSelectors(
                selector("zone").setFallbackPolicy(LbSubsetSelectorFallbackPolicy.ANY_ENDPOINT))
            .setLocalityWeightAware(true)
            .setScaleLocalityWeight(true)
            .setPanicModeAny(true)
            .setListAsAny(true)
            .setMetadataFallbackPolicy(LbSubsetMetadataFallbackPolicy.FALLBACK_LIST);

    assertThat(read(config))
        .isEqualTo(
            new Subsets(
                List.of(
                    new Selector(
                        Set.of("stage", "version"),
                        Optional.of(new FewerKeys(Set.of("stage"))),
                        false),
                    new Selector(Set.of("id"), Optional.empty(), true),
                    new Selector(
                        Set.of("zone"), Optional.of(new Same(Fallback.ANY_ENDPOINT)), false)),
                Fallback.DEFAULT_SUBSET,
                Metadata.of(Map.of("stage", MetadataValue.of("prod"))),
                true,
                true,
                LocalityWeights.SCALED,
                true,
                false));
    assertThat(Reading.warnings(ResourceType.CLUSTER, divided(config).build())).isEmpty();
  }

  @Test
  void clusterWithoutSelectorsIsNotDivided() {
    assertThat(read(LbSubsetConfig.newBuilder().setPanicModeAny(true))).isEqualTo(Subsets.NONE);
  }

  @Test
  void selectorThatMakesNoSenseIsRefusedAtItsPlace() {
    LbSubsetConfig.Builder config =
        LbSubsetConfig.newBuilder()
            .addSubsetSelectors(selector())
            .addSubsetSelectors(
                selector("a")
                    .setFallbackPolicy(LbSubsetSelectorFallbackPolicy.KEYS_SUBSET)
                    .addFallbackKeysSubset("a"))
            .addSubsetSelectors(selector("a", "b").setSingleHostPerSubset(true));

    assertThat(Reading.errors(ResourceType.CLUSTER, divided(config).build()))
        .containsExactly(
            "lb_subset_config.subset_selectors[0]: keys: none (expected: at least one)",
            "lb_subset_config.subset_selectors[1]: fallback keys: [a] (expected: some of [a], not"
                + " all)",
            "lb_subset_config.subset_selectors[2]: keys: 2 (expected: 1 with a host)");
  }

  @Test
  void policyOfItsOwnIsRefusedBesideSubsets() {
    Cluster.Builder cluster =
        divided(LbSubsetConfig.newBuilder().addSubsetSelectors(selector("a")));
    cluster.setLoadBalancingPolicy(listed(RoundRobin.getDefaultInstance()));

    assertThat(Reading.errors(ResourceType.CLUSTER, cluster.build()))
        .containsExactly("lb_subset_config: beside load_balancing_policy (expected: one of them)");
  }

  @Test
  void policyOfAListDividesWhatIsBelowIt() {
    Subset.Builder policy =
        Subset.newBuilder()
            .addSubsetSelectors(
                Subset.LbSubsetSelector.newBuilder()
                    .addKeys("a")
                    .addKeys("b")
                    .setFallbackPolicy(
                        Subset.LbSubsetSelector.LbSubsetSelectorFallbackPolicy.KEYS_SUBSET)
                    .addFallbackKeysSubset("a"))
            .setFallbackPolicy(Subset.LbSubsetFallbackPolicy.ANY_ENDPOINT)
            .setAllowRedundantKeys(true)
            .setMetadataFallbackPolicy(Subset.LbSubsetMetadataFallbackPolicy.FALLBACK_LIST)
            .setSubsetLbPolicy(listed(Random.getDefaultInstance()));
    Cluster cluster = clusterBuilder("c").setLoadBalancingPolicy(listed(policy.build())).build();

    LoadBalancing read = Reading.value(ResourceType.CLUSTER, cluster).cluster().loadBalancing();
    assertThat(read.policy()).isEqualTo(new LbPolicy.Random());
    assertThat(read.subsets())
        .isEqualTo(
            new Subsets(
                List.of(
                    new Selector(Set.of("a", "b"), Optional.of(new FewerKeys(Set.of("a"))), false)),
                Fallback.ANY_ENDPOINT,
                Metadata.EMPTY,
                false,
                false,
                LocalityWeights.LEFT_OUT,
                true,
                true));
    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster)).isEmpty();

    policy.setSubsetLbPolicy(listed(policy.build()));
    assertThat(
            Reading.errors(
                ResourceType.CLUSTER,
                clusterBuilder("c").setLoadBalancingPolicy(listed(policy.build())).build()))
        .containsExactly(
            "load_balancing_policy.policies[0].subset_lb_policy: a subset policy (expected:"
                + " another one)");
  }

  private static LoadBalancingPolicy listed(Message policy) {
    return LoadBalancingPolicy.newBuilder()
        .addPolicies(
            LoadBalancingPolicy.Policy.newBuilder()
                .setTypedExtensionConfig(
                    TypedExtensionConfig.newBuilder().setTypedConfig(Any.pack(policy))))
        .build();
  }
}
