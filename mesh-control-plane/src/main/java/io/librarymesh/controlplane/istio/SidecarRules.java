package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules of a Sidecar as a whole and of what it takes; what may be called has its own class. */
final class SidecarRules {
  private static final Set<String> OWN_ADDRESSES =
      Set.of("", "127.0.0.1", "0.0.0.0", "[::1]", "[::]");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final Set<ServerTlsSettings.Mode> NOT_AT_A_WORKLOAD =
      Set.of(ServerTlsSettings.Mode.ISTIO_MUTUAL, ServerTlsSettings.Mode.AUTO_PASSTHROUGH);

  private SidecarRules() {}

  static void check(Sidecar sidecar, FieldPath spec, ValueRules rules) {
    if (sidecar.ingress().isEmpty()
        && sidecar.egress().isEmpty()
        && sidecar.outboundTrafficPolicy().isEmpty()
        && sidecar.inboundConnectionPool().isEmpty()) {
      rules
          .report()
          .incomplete(
              spec,
              "empty (expected: at least one of egress, ingress, outboundTrafficPolicy,"
                  + " inboundConnectionPool)");
    }
    sidecar
        .workloadSelector()
        .ifPresent(labels -> selector(labels, spec.fields("workloadSelector", "labels"), rules));
    ingress(sidecar.ingress(), spec.field("ingress"), rules);
    SidecarEgressRules.check(sidecar, spec.field("egress"), rules);
    sidecar
        .inboundConnectionPool()
        .ifPresent(
            pool -> ConnectionPoolRules.check(pool, spec.field("inboundConnectionPool"), rules));
    sidecar
        .outboundTrafficPolicy()
        .ifPresent(policy -> outbound(policy, spec.field("outboundTrafficPolicy"), rules));
  }

  private static void selector(Map<String, String> labels, FieldPath path, ValueRules rules) {
    if (labels.isEmpty()) {
      rules
          .report()
          .suspiciouslyIncomplete(path, "selects every workload of the namespace: it is empty");
    }
    rules.selector(path, labels);
  }

  private static void ingress(List<Sidecar.Ingress> entries, FieldPath path, ValueRules rules) {
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < entries.size(); i++) {
      Sidecar.Ingress entry = entries.get(i);
      FieldPath at = path.index(i);
      if (entry.port().isEmpty()) {
        rules.missing(at.field("port"), "the port that the workload is called at");
      } else {
        Sidecar.Port port = entry.port().get();
        port(port, at.field("port"), taken, rules);
        tls(entry, port, at.field("tls"), rules);
      }
      if (!entry.bind().isEmpty() && !Names.isIp(entry.bind())) {
        rules.invalid(at.field("bind"), entry.bind(), "an IP address");
      }
      defaultEndpoint(entry.defaultEndpoint(), at.field("defaultEndpoint"), rules);
      FieldPath pool = at.field("connectionPool");
      entry.connectionPool().ifPresent(p -> ConnectionPoolRules.check(p, pool, rules));
    }
  }

  /** A port by number, each number once. */
  static void port(Sidecar.Port port, FieldPath path, Set<Integer> taken, ValueRules rules) {
    rules.port(path.field("number"), port.number());
    portName(port, path, rules);
    if (!taken.add(port.number())) {
      rules.invalid(path.field("number"), port.number(), "every number once");
    }
  }

  static void portName(Sidecar.Port port, FieldPath path, ValueRules rules) {
    if (!port.name().isEmpty() && !Names.isDnsLabel(port.name())) {
      rules.invalid(path.field("name"), port.name(), "letters, digits and '-'");
    }
  }

  private static void tls(
      Sidecar.Ingress entry, Sidecar.Port port, FieldPath path, ValueRules rules) {
    entry
        .tlsMode()
        .ifPresent(
            mode -> {
              if (NOT_AT_A_WORKLOAD.contains(mode)) {
                rules.invalid(path.field("mode"), mode, "SIMPLE, MUTUAL or OPTIONAL_MUTUAL");
              }
              if (!port.protocol().isTls()) {
                rules
                    .report()
                    .invalid(path, "on a port that is not HTTPS or TLS (expected: none there)");
              }
            });
  }

  private static void defaultEndpoint(String endpoint, FieldPath path, ValueRules rules) {
    if (endpoint.isEmpty()) {
      return;
    }
    if (endpoint.startsWith(WorkloadRules.UNIX)) {
      SidecarEgressRules.socket(endpoint, path, rules);
      return;
    }
    int colon = endpoint.lastIndexOf(':');
    if (colon < 0 || !OWN_ADDRESSES.contains(endpoint.substring(0, colon))) {
      rules.invalid(path, endpoint, "127.0.0.1:port, [::1]:port, 0.0.0.0:port or unix:///path");
      return;
    }
    String port = endpoint.substring(colon + 1);
    rules.port(path, PORT.matcher(port).matches() ? Integer.parseInt(port) : 0);
  }

  private static void outbound(Sidecar.OutboundPolicy policy, FieldPath path, ValueRules rules) {
    if (policy.egressProxy().isEmpty()) {
      return;
    }
    FieldPath at = path.field("egressProxy");
    Destination proxy = policy.egressProxy().get();
    if (policy.mode() != Sidecar.OutboundMode.ALLOW_ANY) {
      rules.report().invalid(at, "with mode " + policy.mode() + " (expected: mode ALLOW_ANY)");
    }
    if (!Names.isFqdn(proxy.host())) {
      rules.invalid(at.field("host"), Quoting.quote(proxy.host()), "a full DNS name");
    }
    if (proxy.port().isEmpty()) {
      rules.missing(at.field("port"), "the port of the proxy");
    }
    rules.port(at.fields("port", "number"), proxy.port());
  }
}
