package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The hosts of a VirtualService as the parents of an HTTPRoute, and who is to use it. */
final class RouteParents {
  private final VirtualService rules;
  private final Inventory inventory;
  private final Optional<Integer> matchedPort;
  private final List<Outcome.Problem> problems;
  private final Set<Map<String, Object>> refs = new LinkedHashSet<>();
  private final Set<List<Integer>> ports = new HashSet<>();

  /**
   * @param matchedPort the port that all matches name
   * @param problems what cannot be said is added
   */
  RouteParents(
      VirtualService rules,
      Inventory inventory,
      Optional<Integer> matchedPort,
      List<Outcome.Problem> problems) {
    this.rules = rules;
    this.inventory = inventory;
    this.matchedPort = matchedPort;
    this.problems = problems;
    gateways();
    if (rules.isDelegate()) {
      problem("spec.hosts", "rules without hosts are for others to delegate to");
    }
    rules.hosts().forEach(host -> host(inventory.complete(host, namespace())));
    others();
  }

  List<Object> refs() {
    return List.copyOf(refs);
  }

  /** The port that is called, where there is but one. */
  Optional<Integer> calledPort() {
    if (matchedPort.isPresent()) {
      return matchedPort;
    }
    List<Integer> only = ports.size() == 1 ? ports.iterator().next() : List.of();
    return only.size() == 1 ? Optional.of(only.get(0)) : Optional.empty();
  }

  private String namespace() {
    return rules.metadata().namespace();
  }

  private void gateways() {
    rules.gateways().stream()
        .filter(gateway -> !gateway.equals(VirtualService.MESH_GATEWAY))
        .forEach(
            gateway ->
                problem(
                    "spec.gateways",
                    "the Gateway "
                        + gateway
                        + " says which proxies it is for, and one of the Gateway API brings its"
                        + " own"));
  }

  private void host(String host) {
    Optional<Inventory.ServiceName> service = inventory.service(host);
    Optional<ServiceEntry> entry = inventory.entry(host);
    ports.add(inventory.ports(host));
    if (host.startsWith("*")) {
      problem(
          "spec.hosts",
          "a wildcard holds for the services under it, and in an HTTPRoute only for itself");
      return;
    }
    if (service.isPresent()) {
      add("", "Service", service.get().name(), service.get().namespace());
    } else if (entry.isPresent()) {
      ServiceEntry found = entry.get();
      if (!Set.copyOf(rules.hosts()).containsAll(found.hosts())) {
        problem("spec.hosts", "an HTTPRoute is for all hosts of the ServiceEntry that has " + host);
      }
      add(
          "networking.istio.io",
          "ServiceEntry",
          found.metadata().name(),
          found.metadata().namespace());
    } else {
      problem(
          "spec.hosts",
          "an HTTPRoute is for a Service or a ServiceEntry, and no file has one of " + host);
    }
  }

  private void add(String group, String kind, String name, String owner) {
    visibility(owner);
    Map<String, Object> ref = new LinkedHashMap<>();
    ref.put("group", group);
    ref.put("kind", kind);
    ref.put("name", name);
    if (!owner.equals(namespace())) {
      ref.put("namespace", owner);
    }
    matchedPort.ifPresent(port -> ref.put("port", port));
    refs.add(ref);
  }

  /** At home an HTTPRoute is for all callers, elsewhere for those of its own namespace. */
  private void visibility(String owner) {
    List<String> exportTo = rules.exportTo();
    boolean everybody = exportTo.isEmpty() || exportTo.equals(List.of("*"));
    boolean own = exportTo.equals(List.of(".")) || exportTo.equals(List.of(namespace()));
    boolean home = owner.equals(namespace());
    if (home ? !everybody : !own) {
      problem(
          "spec.exportTo",
          home
              ? "an HTTPRoute in the namespace of the service is for all callers"
              : "an HTTPRoute outside the namespace of the service is for callers of its own");
    }
  }

  /** Of several VirtualServices for a host one counts, of HTTPRoutes all of them. */
  private void others() {
    List<String> own = complete(rules);
    List<String> taken = new ArrayList<>();
    inventory
        .all(VirtualService.class)
        .filter(other -> !other.equals(rules) && other.appliesToMesh())
        .filter(other -> other.metadata().namespace().equals(namespace()))
        .filter(other -> complete(other).stream().anyMatch(own::contains))
        .forEach(other -> taken.add("the VirtualService at " + other.position()));
    inventory
        .all(GatewayRoute.class)
        .filter(route -> route.metadata().namespace().equals(namespace()))
        .filter(
            route ->
                route.parentRefs().stream()
                    .filter(parent -> parent.kind() == GatewayRoute.ParentKind.SERVICE)
                    .map(parent -> inventory.host(parent.name(), parent.namespace()))
                    .anyMatch(own::contains))
        .forEach(route -> taken.add("the route at " + route.position()));
    taken.forEach(
        other ->
            problem(
                "spec.hosts",
                other + " has rules for a host of these, and of HTTPRoutes both would count"));
  }

  private List<String> complete(VirtualService other) {
    return other.hosts().stream()
        .map(host -> inventory.complete(host, other.metadata().namespace()))
        .toList();
  }

  private void problem(String field, String message) {
    problems.add(new Outcome.Problem(rules.position(), field, message));
  }
}
