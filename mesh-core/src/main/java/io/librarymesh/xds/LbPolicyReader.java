package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.LocalityBalancing;
import io.librarymesh.config.Subsets;
import io.librarymesh.proto.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Reads a list of policies, of which the first one that is carried out is taken. When all that are
 * known are not carried out, round robin stands in with a warning: the cluster stays reachable, and
 * any endpoint is a right one. Source: Envoy {@code Cluster.load_balancing_policy}.
 */
final class LbPolicyReader {
  private static final String POLICIES = "envoy.extensions.load_balancing_policies.";

  private static final int MAX_DEPTH = 16;

  private final Findings findings;
  private int depth;

  private LbPolicyReader(Findings findings) {
    this.findings = findings;
  }

  /** A policy, and how hosts are divided and calls spread over localities before it comes to it. */
  record Balancing(LbPolicy policy, LocalityBalancing localities, Subsets subsets) {
    static final Balancing DEFAULT = of(LbPolicy.RoundRobin.DEFAULT);

    static Balancing of(LbPolicy policy) {
      return new Balancing(policy, LocalityBalancing.None.INSTANCE, Subsets.NONE);
    }

    Balancing weighted(boolean byLocality) {
      return byLocality
          ? new Balancing(policy, LocalityBalancing.Weighted.INSTANCE, subsets)
          : this;
    }

    Balancing within(Subsets division) {
      return new Balancing(policy, localities, division);
    }
  }

  static Balancing read(LoadBalancingPolicy list, FieldPath at, Findings findings) {
    return new LbPolicyReader(findings).read(list, at);
  }

  private Balancing read(LoadBalancingPolicy list, FieldPath at) {
    String known = "";
    for (int i = 0; i < list.getPoliciesCount(); i++) {
      Any config = list.getPolicies(i).getTypedExtensionConfig().getTypedConfig();
      Optional<Balancing> policy = policy(config, at.element("policies", i));
      if (policy.isPresent()) {
        return policy.get();
      }
      String type = AnyReader.typeName(config);
      if (known.isEmpty() && type.startsWith(POLICIES)) {
        known = type;
      }
    }
    if (known.isEmpty()) {
      findings.error(at, "no known policy (expected: such as RoundRobin among them)");
    } else {
      findings.warn(at, known + " not carried out, RoundRobin taken");
    }
    return Balancing.DEFAULT;
  }

  /** Empty when it is not carried out. */
  private Optional<Balancing> policy(Any config, FieldPath at) {
    if (config.is(RoundRobin.class)) {
      return unpacked(config, RoundRobin.class, at, this::roundRobin);
    }
    if (config.is(LeastRequest.class)) {
      return unpacked(config, LeastRequest.class, at, this::leastRequest);
    }
    if (config.is(Random.class)) {
      return unpacked(config, Random.class, at, this::random);
    }
    if (config.is(RingHash.class)) {
      return unpacked(config, RingHash.class, at, this::ringHash);
    }
    if (config.is(Maglev.class)) {
      return unpacked(config, Maglev.class, at, this::maglev);
    }
    if (config.is(WrrLocality.class) && depth < MAX_DEPTH) {
      return unpacked(config, WrrLocality.class, at, this::wrrLocality);
    }
    if (config.is(Subset.class) && depth < MAX_DEPTH) {
      return unpacked(config, Subset.class, at, this::subset);
    }
    return Optional.empty();
  }

  private <M extends Message> Optional<Balancing> unpacked(
      Any config, Class<M> type, FieldPath at, BiFunction<M, FieldPath, Balancing> reader) {
    Optional<M> message = AnyReader.unpack(config, type, at, findings);
    message.ifPresent(unpacked -> FieldUse.report(unpacked, at, findings));
    return message.map(unpacked -> reader.apply(unpacked, at));
  }

  private Balancing wrrLocality(WrrLocality message, FieldPath at) {
    depth++;
    return read(message.getEndpointPickingPolicy(), at.field("endpoint_picking_policy"))
        .weighted(true);
  }

  private Balancing subset(Subset message, FieldPath at) {
    depth++;
    Balancing within = read(message.getSubsetLbPolicy(), at.field("subset_lb_policy"));
    if (within.subsets().enabled()) {
      findings.error(at.field("subset_lb_policy"), "a subset policy (expected: another one)");
    }
    return within.within(SubsetReader.read(message, at, findings));
  }

  private Balancing roundRobin(RoundRobin message, FieldPath at) {
    SlowStart slowStart =
        message.hasSlowStartConfig()
            ? slowStart(message.getSlowStartConfig(), at.field("slow_start_config"))
            : SlowStart.NONE;
    return Balancing.of(new LbPolicy.RoundRobin(slowStart))
        .weighted(message.getLocalityLbConfig().hasLocalityWeightedLbConfig());
  }

  private Balancing random(Random message, FieldPath at) {
    return Balancing.of(new LbPolicy.Random())
        .weighted(message.getLocalityLbConfig().hasLocalityWeightedLbConfig());
  }

  private Balancing leastRequest(LeastRequest message, FieldPath at) {
    NumberReader numbers = new NumberReader(at, findings);
    int choices = message.hasChoiceCount() ? numbers.choices(message.getChoiceCount()) : 2;
    LbPolicy policy =
        new LbPolicy.LeastRequest(
            message.getSelectionMethod() == LeastRequest.SelectionMethod.FULL_SCAN
                ? LbPolicy.LeastRequest.ALL
                : choices,
            message.hasActiveRequestBias() ? numbers.bias(message.getActiveRequestBias()) : 1.0,
            message.hasSlowStartConfig()
                ? slowStart(message.getSlowStartConfig(), at.field("slow_start_config"))
                : SlowStart.NONE);
    return Balancing.of(policy)
        .weighted(message.getLocalityLbConfig().hasLocalityWeightedLbConfig());
  }

  private SlowStart slowStart(SlowStartConfig message, FieldPath at) {
    return new NumberReader(at, findings)
        .slowStart(
            message.getSlowStartWindow(),
            message.hasAggression() ? message.getAggression().getDefaultValue() : 1.0,
            message.hasMinWeightPercent() ? message.getMinWeightPercent().getValue() : 10);
  }

  private Balancing ringHash(RingHash message, FieldPath at) {
    NumberReader numbers = new NumberReader(at, findings);
    ConsistentHashing older =
        new ConsistentHashing(
            message.getUseHostnameForHashing(),
            message.hasHashBalanceFactor()
                ? numbers.balanceFactor(message.getHashBalanceFactor())
                : 0);
    LbPolicy policy =
        numbers.ring(
            message.hasMinimumRingSize() ? message.getMinimumRingSize().getValue() : 1024,
            message.hasMaximumRingSize()
                ? message.getMaximumRingSize().getValue()
                : LbPolicy.RingHash.MAX_SIZE,
            message.getHashFunction() == RingHash.HashFunction.MURMUR_HASH_2
                ? LbPolicy.HashFunction.MURMUR_HASH_2
                : LbPolicy.HashFunction.XX_HASH,
            message.hasConsistentHashingLbConfig()
                ? hashing(message.getConsistentHashingLbConfig(), at)
                : older);
    return Balancing.of(policy).weighted(message.hasLocalityWeightedLbConfig());
  }

  private Balancing maglev(Maglev message, FieldPath at) {
    ConsistentHashing hashing = hashing(message.getConsistentHashingLbConfig(), at);
    LbPolicy policy =
        message.hasTableSize()
            ? new NumberReader(at, findings).maglev(message.getTableSize().getValue(), hashing)
            : new LbPolicy.Maglev(LbPolicy.Maglev.DEFAULT.tableSize(), hashing);
    return Balancing.of(policy).weighted(message.hasLocalityWeightedLbConfig());
  }

  private ConsistentHashing hashing(ConsistentHashingLbConfig message, FieldPath at) {
    NumberReader numbers = new NumberReader(at.field("consistent_hashing_lb_config"), findings);
    return new ConsistentHashing(
        message.getUseHostnameForHashing(),
        message.hasHashBalanceFactor() ? numbers.balanceFactor(message.getHashBalanceFactor()) : 0);
  }
}
