package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of a {@code trafficPolicy} and the policies of its ports. */
final class TrafficPolicyRules {
  private static final int MOST_PORTS = 4096;

  private final ValueRules rules;
  private final DocumentReport report;
  private final String namespace;

  TrafficPolicyRules(ValueRules rules, String namespace) {
    this.rules = rules;
    this.report = rules.report();
    this.namespace = namespace;
  }

  void check(TrafficPolicy policy, FieldPath path) {
    boolean empty =
        policy.loadBalancer().isEmpty()
            && policy.connectionPool().isEmpty()
            && policy.outlierDetection().isEmpty()
            && policy.tls().isEmpty()
            && policy.portLevelSettings().isEmpty()
            && policy.tunnel().isEmpty()
            && policy.proxyProtocol().isEmpty()
            && policy.retryBudget().isEmpty();
    if (empty) {
      report.incomplete(path, "empty (expected: at least one field)");
    }
    if (policy.tunnel().isPresent() && policy.proxyProtocol().isPresent()) {
      report.invalid(path, "tunnel and proxyProtocol together (expected: one of them)");
    }
    boolean outlier = policy.outlierDetection().isPresent();
    policy.loadBalancer().ifPresent(lb -> LoadBalancerRules.check(lb, outlier, at(path), rules));
    policy
        .connectionPool()
        .ifPresent(p -> ConnectionPoolRules.check(p, path.field("connectionPool"), rules));
    policy.outlierDetection().ifPresent(o -> OutlierDetectionRules.check(o, path, rules));
    policy.tls().ifPresent(tls -> ClientTlsRules.check(tls, namespace, path.field("tls"), rules));
    policy.tunnel().ifPresent(tunnel -> tunnel(tunnel, path.field("tunnel")));
    policy.retryBudget().ifPresent(budget -> retryBudget(budget, path.field("retryBudget")));
    ports(policy.portLevelSettings(), path.field("portLevelSettings"));
  }

  private static FieldPath at(FieldPath policy) {
    return policy.field("loadBalancer");
  }

  private void ports(List<TrafficPolicy.PortTrafficPolicy> ports, FieldPath path) {
    if (ports.size() > MOST_PORTS) {
      rules.invalid(path, ports.size() + " entries", "at most " + MOST_PORTS);
    }
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      TrafficPolicy.PortTrafficPolicy port = ports.get(i);
      FieldPath at = path.index(i);
      rules.port(at.fields("port", "number"), port.port());
      if (!seen.add(port.port())) {
        report.suspicious(at, "port " + port.port() + " again; only its first entry counts");
      }
      blocks(port, at);
    }
  }

  private void blocks(TrafficPolicy.PortTrafficPolicy port, FieldPath path) {
    boolean empty =
        port.loadBalancer().isEmpty()
            && port.connectionPool().isEmpty()
            && port.outlierDetection().isEmpty()
            && port.tls().isEmpty();
    if (empty) {
      report.incomplete(
          path, "no policy (expected: one of loadBalancer, connectionPool, outlierDetection, tls)");
    }
    boolean outlier = port.outlierDetection().isPresent();
    port.loadBalancer().ifPresent(lb -> LoadBalancerRules.check(lb, outlier, at(path), rules));
    port.connectionPool()
        .ifPresent(p -> ConnectionPoolRules.check(p, path.field("connectionPool"), rules));
    port.outlierDetection().ifPresent(o -> OutlierDetectionRules.check(o, path, rules));
    port.tls().ifPresent(tls -> ClientTlsRules.check(tls, namespace, path.field("tls"), rules));
  }

  private void tunnel(TrafficPolicy.Tunnel tunnel, FieldPath path) {
    if (!tunnel.protocol().equals("CONNECT") && !tunnel.protocol().equals("POST")) {
      rules.invalid(path.field("protocol"), tunnel.protocol(), "CONNECT or POST");
    }
    if (!Names.isFqdn(tunnel.targetHost()) && !Names.isIp(tunnel.targetHost())) {
      rules.invalid(path.field("targetHost"), tunnel.targetHost(), "a DNS name or an IP address");
    }
    rules.port(path.field("targetPort"), tunnel.targetPort());
  }

  private void retryBudget(TrafficPolicy.RetryBudget budget, FieldPath path) {
    budget.percent().ifPresent(percent -> rules.within(path.field("percent"), percent, 0, 100));
    rules.durationOrZero(path.field("budgetInterval"), budget.budgetInterval());
  }
}
