package io.librarymesh.controlplane.istio;

import java.util.List;

/** Rules of a VirtualService as a whole; its routes have their own classes. */
final class VirtualServiceRules {
  private VirtualServiceRules() {}

  static void check(VirtualService service, FieldPath spec, ValueRules rules) {
    hosts(service.hosts(), service.appliesToMesh(), spec.field("hosts"), rules);
    gateways(service, spec, rules);
    rules.exportTo(
        spec.field("exportTo"), service.exportTo(), service.metadata().namespace(), false);
    if (service.http().isEmpty() && service.tls().isEmpty() && service.tcp().isEmpty()) {
      rules.report().incomplete(spec, "no rules (expected: at least one of http, tls, tcp)");
    }
    HttpRouteRules http = new HttpRouteRules(rules, service);
    for (int i = 0; i < service.http().size(); i++) {
      http.check(service.http().get(i), spec.field("http").index(i));
    }
    HttpMatchRules.unreachable(service.http(), HttpRoute::match, spec.field("http"), rules);
    L4RouteRules.tls(service, spec.field("tls"), rules);
    L4RouteRules.tcp(service, spec.field("tcp"), rules);
  }

  /** The hosts that rules attach to. */
  static void hosts(List<String> hosts, boolean mesh, FieldPath path, ValueRules rules) {
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      FieldPath at = path.index(i);
      if (host.equals("*") && mesh) {
        rules.invalid(at, host, "a narrower host for clients of the mesh; '*' only with gateways");
      } else if (!Names.isIp(host)) {
        rules.wildcardHost(at, host);
      }
      for (int j = 0; j < i; j++) {
        if (Names.hostsOverlap(hosts.get(j), host)) {
          rules.invalid(at, host, "no overlap with " + hosts.get(j));
        }
      }
    }
  }

  private static void gateways(VirtualService service, FieldPath spec, ValueRules rules) {
    FieldPath path = spec.field("gateways");
    boolean written = !service.gateways().equals(List.of(VirtualService.MESH_GATEWAY));
    if (service.isDelegate() && written) {
      rules.invalid(path, "present", "none on a VirtualService without hosts");
    }
    gatewayNames(service.gateways(), path, rules);
  }

  /** {@code name}, {@code namespace/name}, or a name of Istio's first releases with dots. */
  static void gatewayNames(List<String> gateways, FieldPath path, ValueRules rules) {
    for (int i = 0; i < gateways.size(); i++) {
      String gateway = gateways.get(i);
      int slash = gateway.indexOf('/');
      boolean valid =
          slash < 0
              ? Names.isFqdn(gateway)
              : isNamespace(gateway.substring(0, slash))
                  && Names.isDnsLabel(gateway.substring(slash + 1));
      if (!valid) {
        rules.invalid(path.index(i), gateway, "mesh, a Gateway's name, or namespace/name");
      }
    }
  }

  private static boolean isNamespace(String namespace) {
    return namespace.equals(".") || Names.isDnsLabel(namespace);
  }
}
