package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules of a Kubernetes Service, as far as its routing depends on them. */
final class KubernetesServiceRules {
  private static final Pattern PORT_NAME =
      Pattern.compile("(?=.*[a-z])[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,14}");

  private KubernetesServiceRules() {}

  static void check(KubernetesService service, FieldPath spec, ValueRules rules) {
    rules.labels(spec.field("selector"), service.selector());
    ports(service, spec.field("ports"), rules);
    service
        .clusterIp()
        .filter(ip -> !ip.equals("None") && !Names.isIp(ip))
        .ifPresent(ip -> rules.invalid(spec.field("clusterIP"), ip, "an IP address or None"));
    if (service.type() == KubernetesService.Type.EXTERNAL_NAME) {
      if (service.externalName().filter(Names::isFqdn).isEmpty()) {
        rules.invalid(
            spec.field("externalName"), service.externalName().orElse("missing"), "a DNS name");
      }
    } else if (service.selector().isEmpty()) {
      rules
          .report()
          .suspiciouslyIncomplete(
              spec.field("selector"), "missing or empty, so that no workload serves this");
    }
  }

  private static void ports(KubernetesService service, FieldPath path, ValueRules rules) {
    boolean mayBeEmpty =
        service.isHeadless() || service.type() == KubernetesService.Type.EXTERNAL_NAME;
    if (service.ports().isEmpty() && !mayBeEmpty) {
      rules.missing(path, "at least one port");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < service.ports().size(); i++) {
      KubernetesService.Port port = service.ports().get(i);
      FieldPath at = path.index(i);
      rules.port(at.field("port"), port.port());
      if (port.name().isEmpty()) {
        if (service.ports().size() > 1) {
          rules.missing(at.field("name"), "a name where there is more than one port");
        }
      } else if (!Names.isLowerDnsLabel(port.name())) {
        rules.invalid(at.field("name"), port.name(), "lower-case letters, digits and '-'");
      } else if (!names.add(port.name())) {
        rules.invalid(at.field("name"), port.name(), "every name once");
      }
      targetPort(port, at.field("targetPort"), rules);
    }
  }

  private static void targetPort(KubernetesService.Port port, FieldPath path, ValueRules rules) {
    if (port.targetPort() instanceof KubernetesService.TargetPortNumber target) {
      if (target.number() != port.port()) {
        rules.port(path, target.number());
      }
    } else if (port.targetPort() instanceof KubernetesService.TargetPortName target
        && !PORT_NAME.matcher(target.name()).matches()) {
      rules.invalid(
          path, target.name(), "a port, or a port's name: at most 15 of a-z, 0-9 and single '-'");
    }
  }
}
