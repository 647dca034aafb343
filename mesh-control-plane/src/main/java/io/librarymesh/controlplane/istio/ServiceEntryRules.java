package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules of a ServiceEntry. */
final class ServiceEntryRules {
  private static final int LONGEST_HOST = 256;
  private static final int MOST_HOSTS = 256;
  private static final Set<Protocol> DYNAMIC_PROTOCOLS =
      Set.of(Protocol.HTTP, Protocol.HTTP2, Protocol.GRPC, Protocol.TLS);

  private ServiceEntryRules() {}

  static void check(ServiceEntry entry, FieldPath spec, ValueRules rules) {
    hosts(entry, spec.field("hosts"), rules);
    addresses(entry, spec.field("addresses"), rules);
    ports(entry, spec.field("ports"), rules);
    endpoints(entry, spec, rules);
    resolution(entry, spec, rules);
    entry
        .workloadSelector()
        .ifPresent(
            labels -> {
              FieldPath at = spec.fields("workloadSelector", "labels");
              rules.selector(at, labels);
              if (labels.isEmpty()) {
                rules.report().suspiciouslyIncomplete(at, "empty, which selects no workload");
              } else if (entry.resolution() == ServiceEntry.Resolution.NONE) {
                rules.report().suspicious(at, "without effect: resolution is NONE");
              }
            });
    rules.exportTo(spec.field("exportTo"), entry.exportTo(), entry.metadata().namespace(), true);
  }

  private static void hosts(ServiceEntry entry, FieldPath path, ValueRules rules) {
    if (entry.hosts().isEmpty()) {
      rules.missing(path, "at least one host");
    }
    if (entry.hosts().size() > MOST_HOSTS) {
      rules.invalid(path, entry.hosts().size() + " hosts", "at most " + MOST_HOSTS);
    }
    for (int i = 0; i < entry.hosts().size(); i++) {
      String host = entry.hosts().get(i);
      FieldPath at = path.index(i);
      if (host.equals("*") || host.length() > LONGEST_HOST) {
        rules.invalid(at, host, "a narrower host, of at most " + LONGEST_HOST + " characters");
        continue;
      }
      rules.wildcardHost(at, host);
      boolean partial = host.startsWith("*") && !host.startsWith("*.");
      if (partial && entry.resolution() == ServiceEntry.Resolution.DYNAMIC_DNS) {
        rules.invalid(at, host, "a whole label as wildcard, '*.', with resolution DYNAMIC_DNS");
      } else if (partial) {
        rules
            .report()
            .suspicious(at, host + " is a wildcard within a label, as few clients take it");
      }
    }
  }

  private static void addresses(ServiceEntry entry, FieldPath path, ValueRules rules) {
    boolean blocks =
        entry.resolution() == ServiceEntry.Resolution.NONE
            || entry.resolution() == ServiceEntry.Resolution.STATIC;
    for (int i = 0; i < entry.addresses().size(); i++) {
      String address = entry.addresses().get(i);
      if (!Names.isIpOrCidr(address)) {
        rules.invalid(path.index(i), address, "an IP address or a CIDR block");
      } else if (address.contains("/") && !blocks) {
        rules.invalid(
            path.index(i), address, "single addresses with resolution " + entry.resolution());
      }
    }
  }

  private static void ports(ServiceEntry entry, FieldPath path, ValueRules rules) {
    if (entry.ports().isEmpty()) {
      rules.report().suspiciouslyIncomplete(path, "no ports, so that nothing of it can be called");
    }
    Set<String> names = new HashSet<>();
    Set<Integer> numbers = new HashSet<>();
    for (int i = 0; i < entry.ports().size(); i++) {
      ServiceEntry.Port port = entry.ports().get(i);
      FieldPath at = path.index(i);
      rules.port(at.field("number"), port.number());
      if (!numbers.add(port.number())) {
        rules.invalid(at.field("number"), port.number(), "every number once");
      }
      if (port.targetPort() != port.number()) {
        rules.port(at.field("targetPort"), port.targetPort());
      }
      keepsPort(entry, port, at.field("targetPort"), rules);
      if (port.name().isEmpty()) {
        rules.missing(at.field("name"), "a name");
      } else if (!Names.isDnsLabel(port.name())) {
        rules.invalid(at.field("name"), port.name(), "letters, digits and '-'");
      } else if (!names.add(port.name())) {
        rules.invalid(at.field("name"), port.name(), "every name once");
      }
    }
  }

  /** Of a wildcard nobody knows the hosts, so that calls go where their URL says. */
  private static void keepsPort(
      ServiceEntry entry, ServiceEntry.Port port, FieldPath at, ValueRules rules) {
    if (entry.resolution() == ServiceEntry.Resolution.NONE
        && port.targetPort() != port.number()
        && entry.hosts().stream().anyMatch(host -> host.startsWith("*"))) {
      rules
          .report()
          .suspicious(
              at, "without effect for hosts with a wildcard: calls keep the port of their URL");
    }
  }

  private static void endpoints(ServiceEntry entry, FieldPath spec, ValueRules rules) {
    FieldPath path = spec.field("endpoints");
    if (!entry.endpoints().isEmpty() && entry.workloadSelector().isPresent()) {
      rules.report().invalid(path, "together with workloadSelector (expected: one of them)");
    }
    Set<String> portNames =
        entry.ports().stream().map(ServiceEntry.Port::name).collect(Collectors.toSet());
    for (int i = 0; i < entry.endpoints().size(); i++) {
      WorkloadEntry.Spec endpoint = entry.endpoints().get(i);
      FieldPath at = path.index(i);
      WorkloadRules.check(endpoint, at, rules);
      for (String name : endpoint.ports().keySet()) {
        if (!portNames.contains(name)) {
          rules
              .report()
              .invalid(
                  at.field("ports").field(name),
                  "no port of this name in 'ports'" + Spelling.hint(name, portNames));
        }
      }
    }
  }

  private static void resolution(ServiceEntry entry, FieldPath spec, ValueRules rules) {
    if (rules.report().isRefusedInPart(spec.field("resolution"))) {
      return;
    }
    switch (entry.resolution()) {
      case NONE -> {
        if (!entry.endpoints().isEmpty()) {
          rules
              .report()
              .invalid(
                  spec.field("endpoints"),
                  "with resolution NONE (expected: STATIC or DNS, or none)");
        }
      }
      case STATIC -> addressesAreIps(entry.endpoints(), spec.field("endpoints"), rules);
      case DNS -> dns(entry, spec, rules);
      case DNS_ROUND_ROBIN -> {
        if (entry.endpoints().size() > 1) {
          rules.invalid(
              spec.field("endpoints"), entry.endpoints().size(), "at most 1 with DNS_ROUND_ROBIN");
        }
        dns(entry, spec, rules);
      }
      case DYNAMIC_DNS -> dynamicDns(entry, spec, rules);
    }
  }

  private static void addressesAreIps(
      List<WorkloadEntry.Spec> endpoints, FieldPath path, ValueRules rules) {
    for (int i = 0; i < endpoints.size(); i++) {
      FieldPath at = path.index(i).field("address");
      endpoints
          .get(i)
          .address()
          .filter(address -> !address.startsWith(WorkloadRules.UNIX) && !Names.isIp(address))
          .ifPresent(address -> rules.invalid(at, address, "an IP address with resolution STATIC"));
    }
  }

  private static void dns(ServiceEntry entry, FieldPath spec, ValueRules rules) {
    if (entry.endpoints().isEmpty() && entry.workloadSelector().isEmpty()) {
      for (int i = 0; i < entry.hosts().size(); i++) {
        if (entry.hosts().get(i).startsWith("*")) {
          rules.invalid(
              spec.field("hosts").index(i),
              entry.hosts().get(i),
              "a name that DNS can resolve, or endpoints");
        }
      }
    }
    for (int i = 0; i < entry.endpoints().size(); i++) {
      FieldPath at = spec.field("endpoints").index(i).field("address");
      entry
          .endpoints()
          .get(i)
          .address()
          .filter(address -> address.startsWith(WorkloadRules.UNIX))
          .ifPresent(address -> rules.invalid(at, address, "a DNS name or an IP address with DNS"));
    }
  }

  private static void dynamicDns(ServiceEntry entry, FieldPath spec, ValueRules rules) {
    for (int i = 0; i < entry.hosts().size(); i++) {
      if (!entry.hosts().get(i).startsWith("*")) {
        rules.invalid(
            spec.field("hosts").index(i), entry.hosts().get(i), "a wildcard with DYNAMIC_DNS");
      }
    }
    if (!entry.endpoints().isEmpty()) {
      rules.invalid(spec.field("endpoints"), "present", "none with DYNAMIC_DNS");
    }
    if (!entry.addresses().isEmpty()) {
      rules.invalid(spec.field("addresses"), "present", "none with DYNAMIC_DNS");
    }
    for (int i = 0; i < entry.ports().size(); i++) {
      Protocol protocol = entry.ports().get(i).protocol();
      if (!DYNAMIC_PROTOCOLS.contains(protocol)) {
        rules.invalid(
            spec.field("ports").index(i).field("protocol"),
            protocol,
            "HTTP, HTTP2, GRPC or TLS with DYNAMIC_DNS");
      }
    }
  }
}
