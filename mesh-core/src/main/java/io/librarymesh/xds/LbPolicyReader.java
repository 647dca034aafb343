package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.proto.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Reads a list of policies, of which the first one that is carried out is taken. When all that are
 * known are not carried out, round robin stands in with a warning: the cluster stays reachable, and
 * any endpoint is a right one. Source: Envoy {@code Cluster.load_balancing_policy}.
 */
final class LbPolicyReader {
  private static final String POLICIES = "envoy.extensions.load_balancing_policies.";

  private final Findings findings;

  private LbPolicyReader(Findings findings) {
    this.findings = findings;
  }

  static LbPolicy read(LoadBalancingPolicy list, FieldPath at, Findings findings) {
    LbPolicyReader reader = new LbPolicyReader(findings);
    String known = "";
    for (int i = 0; i < list.getPoliciesCount(); i++) {
      Any config = list.getPolicies(i).getTypedExtensionConfig().getTypedConfig();
      Optional<LbPolicy> policy = reader.policy(config, at.element("policies", i));
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
    return LbPolicy.RoundRobin.DEFAULT;
  }

  /** Empty when it is not carried out. */
  private Optional<LbPolicy> policy(Any config, FieldPath at) {
    if (config.is(RoundRobin.class)) {
      return unpacked(config, RoundRobin.class, at, this::roundRobin);
    }
    if (config.is(LeastRequest.class)) {
      return unpacked(config, LeastRequest.class, at, this::leastRequest);
    }
    if (config.is(Random.class)) {
      return unpacked(config, Random.class, at, (message, path) -> new LbPolicy.Random());
    }
    if (config.is(RingHash.class)) {
      return unpacked(config, RingHash.class, at, this::ringHash);
    }
    if (config.is(Maglev.class)) {
      return unpacked(config, Maglev.class, at, this::maglev);
    }
    return Optional.empty();
  }

  private <M extends Message> Optional<LbPolicy> unpacked(
      Any config, Class<M> type, FieldPath at, BiFunction<M, FieldPath, LbPolicy> reader) {
    Optional<M> message = AnyReader.unpack(config, type, at, findings);
    message.ifPresent(unpacked -> FieldUse.report(unpacked, at, findings));
    return message.map(unpacked -> reader.apply(unpacked, at));
  }

  private LbPolicy roundRobin(RoundRobin message, FieldPath at) {
    return LbPolicy.RoundRobin.DEFAULT;
  }

  private LbPolicy leastRequest(LeastRequest message, FieldPath at) {
    NumberReader numbers = new NumberReader(at, findings);
    int choices = message.hasChoiceCount() ? numbers.choices(message.getChoiceCount()) : 2;
    return new LbPolicy.LeastRequest(
        message.getSelectionMethod() == LeastRequest.SelectionMethod.FULL_SCAN
            ? LbPolicy.LeastRequest.ALL
            : choices,
        message.hasActiveRequestBias() ? numbers.bias(message.getActiveRequestBias()) : 1.0,
        SlowStart.NONE);
  }

  private LbPolicy ringHash(RingHash message, FieldPath at) {
    NumberReader numbers = new NumberReader(at, findings);
    ConsistentHashing older =
        new ConsistentHashing(
            message.getUseHostnameForHashing(),
            message.hasHashBalanceFactor()
                ? numbers.balanceFactor(message.getHashBalanceFactor())
                : 0);
    return numbers.ring(
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
  }

  private LbPolicy maglev(Maglev message, FieldPath at) {
    ConsistentHashing hashing = hashing(message.getConsistentHashingLbConfig(), at);
    return message.hasTableSize()
        ? new NumberReader(at, findings).maglev(message.getTableSize().getValue(), hashing)
        : new LbPolicy.Maglev(LbPolicy.Maglev.DEFAULT.tableSize(), hashing);
  }

  private ConsistentHashing hashing(ConsistentHashingLbConfig message, FieldPath at) {
    NumberReader numbers = new NumberReader(at.field("consistent_hashing_lb_config"), findings);
    return new ConsistentHashing(
        message.getUseHostnameForHashing(),
        message.hasHashBalanceFactor() ? numbers.balanceFactor(message.getHashBalanceFactor()) : 0);
  }
}
