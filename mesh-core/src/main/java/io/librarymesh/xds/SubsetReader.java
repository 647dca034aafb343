package io.librarymesh.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.config.Subsets;
import io.librarymesh.config.Subsets.Fallback;
import io.librarymesh.config.Subsets.FewerKeys;
import io.librarymesh.config.Subsets.LocalityWeights;
import io.librarymesh.config.Subsets.Same;
import io.librarymesh.config.Subsets.Selector;
import io.librarymesh.config.Subsets.SelectorFallback;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads how a cluster is divided. Source: Envoy {@code Cluster.LbSubsetConfig}, {@code
 * load_balancing_policies.subset.v3.Subset}.
 */
final class SubsetReader {
  private final FieldPath at;
  private final Findings findings;

  private SubsetReader(FieldPath at, Findings findings) {
    this.at = at;
    this.findings = findings;
  }

  static Subsets read(LbSubsetConfig config, FieldPath at, Findings findings) {
    return read(config, false, at, findings);
  }

  /** The policy of a list has the fields of the older message under the same numbers, and more. */
  static Subsets read(Subset policy, FieldPath at, Findings findings) {
    try {
      LbSubsetConfig older = LbSubsetConfig.parseFrom(policy.toByteString());
      return read(older, policy.getAllowRedundantKeys(), at, findings);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("bytes of a message that was read", e);
    }
  }

  private static Subsets read(
      LbSubsetConfig config, boolean redundantKeys, FieldPath at, Findings findings) {
    if (config.getSubsetSelectorsCount() == 0) {
      return Subsets.NONE;
    }
    SubsetReader reader = new SubsetReader(at, findings);
    List<Selector> selectors = new ArrayList<>();
    for (int i = 0; i < config.getSubsetSelectorsCount(); i++) {
      reader
          .selector(config.getSubsetSelectors(i), at.element("subset_selectors", i))
          .ifPresent(selectors::add);
    }
    return new Subsets(
        selectors,
        reader.fallback(config),
        MetadataReader.read(config.getDefaultSubset()),
        config.getPanicModeAny(),
        config.getListAsAny(),
        localityWeights(config),
        reader.fallbackList(config),
        redundantKeys);
  }

  private boolean fallbackList(LbSubsetConfig config) {
    return switch (config.getMetadataFallbackPolicy()) {
      case METADATA_NO_FALLBACK -> false;
      case FALLBACK_LIST -> true;
      case UNRECOGNIZED -> {
        findings.error(
            at.field("metadata_fallback_policy"),
            config.getMetadataFallbackPolicyValue()
                + " (expected: METADATA_NO_FALLBACK or FALLBACK_LIST)");
        yield false;
      }
    };
  }

  private Fallback fallback(LbSubsetConfig config) {
    return switch (config.getFallbackPolicy()) {
      case NO_FALLBACK -> Fallback.NO_FALLBACK;
      case ANY_ENDPOINT -> Fallback.ANY_ENDPOINT;
      case DEFAULT_SUBSET -> Fallback.DEFAULT_SUBSET;
      case UNRECOGNIZED -> {
        findings.error(
            at.field("fallback_policy"),
            config.getFallbackPolicyValue()
                + " (expected: NO_FALLBACK, ANY_ENDPOINT or DEFAULT_SUBSET)");
        yield Fallback.NO_FALLBACK;
      }
    };
  }

  private static LocalityWeights localityWeights(LbSubsetConfig config) {
    if (!config.getLocalityWeightAware()) {
      return LocalityWeights.LEFT_OUT;
    }
    return config.getScaleLocalityWeight() ? LocalityWeights.SCALED : LocalityWeights.KEPT;
  }

  private Optional<Selector> selector(LbSubsetSelector message, FieldPath place) {
    try {
      return Optional.of(
          new Selector(
              Set.copyOf(message.getKeysList()),
              selectorFallback(message, place),
              message.getSingleHostPerSubset()));
    } catch (IllegalArgumentException e) {
      findings.error(place, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<SelectorFallback> selectorFallback(LbSubsetSelector message, FieldPath place) {
    return switch (message.getFallbackPolicy()) {
      case NOT_DEFINED -> Optional.empty();
      case NO_FALLBACK -> Optional.of(new Same(Fallback.NO_FALLBACK));
      case ANY_ENDPOINT -> Optional.of(new Same(Fallback.ANY_ENDPOINT));
      case DEFAULT_SUBSET -> Optional.of(new Same(Fallback.DEFAULT_SUBSET));
      case KEYS_SUBSET ->
          Optional.of(new FewerKeys(Set.copyOf(message.getFallbackKeysSubsetList())));
      case UNRECOGNIZED -> {
        findings.error(
            place.field("fallback_policy"),
            message.getFallbackPolicyValue()
                + " (expected: NOT_DEFINED, NO_FALLBACK, ANY_ENDPOINT, DEFAULT_SUBSET or"
                + " KEYS_SUBSET)");
        yield Optional.empty();
      }
    };
  }
}
