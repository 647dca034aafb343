package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.librarymesh.config.Cluster.LbPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import java.util.Optional;

/**
 * Reads how an endpoint is chosen. A policy that is known and not carried out is replaced by round
 * robin with a warning: its cluster stays reachable, and any endpoint is a right one.
 *
 * <p>Source: Envoy {@code Cluster.lb_policy} and {@code Cluster.load_balancing_policy}, which goes
 * before it; of that list the first entry that is carried out is taken.
 */
final class LoadBalancingReader {
  private static final int CHOICES = 2;

  private LoadBalancingReader() {}

  static LbPolicy read(Cluster cluster, FieldPath root, Findings findings) {
    if (cluster.hasLoadBalancingPolicy()) {
      return list(cluster.getLoadBalancingPolicy(), root.field("load_balancing_policy"), findings);
    }
    FieldPath at = root.field("lb_policy");
    return switch (cluster.getLbPolicy()) {
      case ROUND_ROBIN, CLUSTER_PROVIDED -> LbPolicy.ROUND_ROBIN;
      case LEAST_REQUEST -> {
        warnOfChoices(
            cluster.getLeastRequestLbConfig().hasChoiceCount(),
            cluster.getLeastRequestLbConfig().getChoiceCount(),
            root.field("least_request_lb_config"),
            findings);
        yield LbPolicy.LEAST_REQUEST;
      }
      case RANDOM, RING_HASH, MAGLEV -> {
        findings.warn(at, cluster.getLbPolicy() + " not carried out, ROUND_ROBIN taken");
        yield LbPolicy.ROUND_ROBIN;
      }
      case LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED -> {
        findings.error(
            at, cluster.getLbPolicyValue() + " (expected: ROUND_ROBIN or LEAST_REQUEST)");
        yield LbPolicy.ROUND_ROBIN;
      }
    };
  }

  private static LbPolicy list(LoadBalancingPolicy policy, FieldPath at, Findings findings) {
    String known = "";
    for (int i = 0; i < policy.getPoliciesCount(); i++) {
      Any config = policy.getPolicies(i).getTypedExtensionConfig().getTypedConfig();
      FieldPath position = at.element("policies", i);
      if (config.is(RoundRobin.class)) {
        AnyReader.unpack(config, RoundRobin.class, position, findings)
            .ifPresent(message -> FieldUse.report(message, position, findings));
        return LbPolicy.ROUND_ROBIN;
      }
      if (config.is(LeastRequest.class)) {
        leastRequest(config, position, findings);
        return LbPolicy.LEAST_REQUEST;
      }
      String type = AnyReader.typeName(config);
      if (known.isEmpty() && type.startsWith("envoy.extensions.load_balancing_policies.")) {
        known = type;
      }
    }
    if (known.isEmpty()) {
      findings.error(at, "no known policy (expected: RoundRobin or LeastRequest among them)");
    } else {
      findings.warn(at, known + " not carried out, RoundRobin taken");
    }
    return LbPolicy.ROUND_ROBIN;
  }

  private static void leastRequest(Any config, FieldPath at, Findings findings) {
    Optional<LeastRequest> message = AnyReader.unpack(config, LeastRequest.class, at, findings);
    message.ifPresent(
        policy -> {
          FieldUse.report(policy, at, findings);
          warnOfChoices(policy.hasChoiceCount(), policy.getChoiceCount(), at, findings);
        });
  }

  private static void warnOfChoices(
      boolean set, UInt32Value choices, FieldPath at, Findings findings) {
    if (set && choices.getValue() != CHOICES) {
      findings.warn(
          at.field("choice_count"),
          Integer.toUnsignedString(choices.getValue()) + " not carried out, 2 taken");
    }
  }
}
