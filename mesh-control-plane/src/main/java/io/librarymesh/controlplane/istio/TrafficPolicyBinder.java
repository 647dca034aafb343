package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads a {@code trafficPolicy} and the policies of its ports. */
final class TrafficPolicyBinder {
  private TrafficPolicyBinder() {}

  static TrafficPolicy bind(Fields policy) {
    return new TrafficPolicy(
        policy.position(),
        policy.message("loadBalancer", LoadBalancerBinder::bind),
        ConnectionPoolBinder.bind(policy),
        policy.message("outlierDetection", OutlierDetectionBinder::bind),
        policy.message("tls", TrafficPolicyBinder::tls),
        policy.messages("portLevelSettings", TrafficPolicyBinder::port),
        policy.message("tunnel", TrafficPolicyBinder::tunnel),
        policy.message("proxyProtocol", TrafficPolicyBinder::proxyProtocol),
        policy.message("retryBudget", TrafficPolicyBinder::retryBudget));
  }

  private static TrafficPolicy.PortTrafficPolicy port(Fields entry) {
    Optional<Integer> port = entry.message("port", DestinationBinder::portNumber);
    if (port.isEmpty() && !entry.has("port")) {
      entry.refuse("no port (expected: port: {number: N})");
    }
    return new TrafficPolicy.PortTrafficPolicy(
        entry.position(),
        port.orElse(0),
        entry.message("loadBalancer", LoadBalancerBinder::bind),
        ConnectionPoolBinder.bind(entry),
        entry.message("outlierDetection", OutlierDetectionBinder::bind),
        entry.message("tls", TrafficPolicyBinder::tls));
  }

  private static ClientTlsSettings tls(Fields tls) {
    return new ClientTlsSettings(
        tls.choice("mode", ClientTlsSettings.Mode.class).orElse(ClientTlsSettings.Mode.DISABLE),
        tls.text("clientCertificate"),
        tls.text("privateKey"),
        tls.text("caCertificates"),
        tls.text("caCrl"),
        tls.text("credentialName"),
        tls.texts("subjectAltNames"),
        tls.text("sni"),
        tls.flag("insecureSkipVerify"));
  }

  private static TrafficPolicy.Tunnel tunnel(Fields tunnel) {
    return new TrafficPolicy.Tunnel(
        tunnel.text("protocol").orElse("CONNECT"),
        tunnel.textOrEmpty("targetHost"),
        tunnel.port("targetPort").orElse(0));
  }

  private static TrafficPolicy.ProxyProtocolVersion proxyProtocol(Fields fields) {
    return fields
        .choice("version", TrafficPolicy.ProxyProtocolVersion.class)
        .orElse(TrafficPolicy.ProxyProtocolVersion.V1);
  }

  private static TrafficPolicy.RetryBudget retryBudget(Fields budget) {
    return new TrafficPolicy.RetryBudget(
        budget.number("percent"),
        budget.uint32("minRetryConcurrency"),
        budget.duration("budgetInterval"));
  }
}
