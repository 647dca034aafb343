package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Warns of rules for Gateways that are not there or that have no place for them, and of servers
 * that have no place beside those of other Gateways.
 */
final class IngressFindings {

  private final PushContext context;
  private final Map<String, Gateway> byName;
  private final List<Finding> findings = new ArrayList<>();

  private IngressFindings(PushContext context) {
    this.context = context;
    this.byName =
        context.gateways().gateways().stream()
            .collect(Collectors.toMap(Gateway::fullName, gateway -> gateway, (a, b) -> a));
  }

  static List<Finding> of(PushContext context) {
    IngressFindings all = new IngressFindings(context);
    for (Resource resource : context.resources()) {
      if (resource instanceof VirtualService vs) {
        all.check(vs);
      } else if (resource instanceof Gateway gateway) {
        all.check(gateway);
      }
    }
    return all.findings;
  }

  private void check(VirtualService vs) {
    List<MergedGateway.Server> servers = new ArrayList<>();
    for (int i = 0; i < vs.gateways().size(); i++) {
      String name = vs.gateways().get(i);
      Gateway gateway = byName.get(name);
      if (gateway != null) {
        gateway.servers().forEach(s -> servers.add(new MergedGateway.Server(gateway, s, 0)));
      } else if (!name.equals(VirtualService.MESH_GATEWAY)) {
        warn(
            vs.position(),
            "spec.gateways[" + i + "]",
            name + ": no such Gateway (expected: " + expected() + ")");
      }
    }
    if (!servers.isEmpty()) {
      checkHosts(vs, servers);
      checkPorts(vs, servers);
    }
  }

  /** A destination without a port has that of the Gateway, unless its service has but one. */
  private void checkPorts(VirtualService vs, List<MergedGateway.Server> servers) {
    for (int i = 0; i < vs.http().size(); i++) {
      if (vs.http().get(i).action() instanceof HttpRouteAction.Forward forward) {
        for (int j = 0; j < forward.destinations().size(); j++) {
          Destination destination = forward.destinations().get(j).destination();
          String path = "spec.http[" + i + "].route[" + j + "].destination";
          if (destination.port().isEmpty()) {
            service(vs, destination).ifPresent(s -> checkPort(s, destination, servers, path));
          }
        }
      }
    }
  }

  private Optional<Service> service(VirtualService vs, Destination destination) {
    String namespace = vs.metadata().namespace();
    String host = HostNames.resolve(destination.host(), namespace, context.meshConfig().domain());
    return context.registry().service(host, namespace).map(RegisteredService::service);
  }

  private void checkPort(
      Service service, Destination destination, List<MergedGateway.Server> servers, String path) {
    List<Integer> ports = service.ports().stream().map(ServicePort::number).toList();
    if (ports.size() == 1) {
      return;
    }
    servers.stream()
        .map(server -> server.spec().port().number())
        .filter(port -> !ports.contains(port))
        .findFirst()
        .ifPresent(
            port ->
                warn(
                    destination.position(),
                    path,
                    "no port is written, so that of the Gateway is taken, and "
                        + service.host()
                        + " does not have port "
                        + port
                        + " (expected: port.number, one of "
                        + ports
                        + ")"));
  }

  private String expected() {
    return byName.isEmpty()
        ? "a Gateway of networking.istio.io"
        : "one of " + byName.keySet().stream().sorted().toList();
  }

  private void checkHosts(VirtualService vs, List<MergedGateway.Server> servers) {
    List<String> hosts = VirtualServiceIndex.hosts(vs, context.meshConfig().domain());
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      boolean taken = servers.stream().anyMatch(s -> takes(s, vs.metadata().namespace(), host));
      // Where clients of the mesh use the rules, too, a host may be for them.
      if (!taken && !vs.appliesToMesh()) {
        Set<String> offered = new LinkedHashSet<>();
        servers.forEach(server -> offered.addAll(server.spec().hosts()));
        warn(
            vs.position(),
            "spec.hosts[" + i + "]",
            host
                + ": no server of its Gateways takes rules of namespace "
                + vs.metadata().namespace()
                + " for it (expected: a host of "
                + List.copyOf(offered)
                + ")");
      }
    }
  }

  private static boolean takes(MergedGateway.Server server, String namespace, String host) {
    return server.hosts(namespace).stream().anyMatch(own -> HostNames.matches(own, host));
  }

  /** Seen by a proxy that has the labels that this Gateway asks for, and no others. */
  private void check(Gateway gateway) {
    MergedGateway merged =
        context.gateways().merged(gateway.selector(), gateway.metadata().namespace());
    for (MergedGateway.Refusal refusal : merged.refusals()) {
      if (refusal.server().gateway().equals(gateway)) {
        int index = gateway.servers().indexOf(refusal.server().spec());
        warn(
            refusal.server().spec().position(),
            "spec.servers[" + index + "]",
            "nothing listens for it: " + refusal.reason());
      }
    }
  }

  private void warn(SourcePosition position, String path, String message) {
    findings.add(new Finding(position, Severity.WARNING, path, message));
  }
}
