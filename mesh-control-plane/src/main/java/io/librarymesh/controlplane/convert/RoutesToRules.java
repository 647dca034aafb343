package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendKind;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendRef;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentKind;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentRef;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegistrySnapshot;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * HTTPRoutes and GRPCRoutes for services as VirtualServices. The rules are those that the control
 * plane itself makes of them, in the order in which it tries them: a VirtualService has no other.
 * Routes for one host become one VirtualService, since of several for one host only one counts.
 */
final class RoutesToRules implements Converter {

  @Override
  public void convert(Inventory inventory, Outcome outcome) {
    List<GatewayRoute> routes = inventory.all(GatewayRoute.class).toList();
    Map<GatewayRoute, List<Outcome.Problem>> problems = new LinkedHashMap<>();
    routes.forEach(route -> problems.put(route, problems(route, inventory)));
    together(routes, problems, inventory);
    Set<GatewayRoute> staying =
        routes.stream()
            .filter(route -> !problems.getOrDefault(route, List.of()).isEmpty())
            .collect(Collectors.toSet());
    staying.forEach(route -> outcome.stays(route, problems.getOrDefault(route, List.of())));
    routes.stream().filter(r -> !staying.contains(r)).forEach(r -> outcome.replace(r, List.of()));
    Map<GatewayRoute, List<Map<String, Object>>> documents = new LinkedHashMap<>();
    Set<List<String>> names = new HashSet<>();
    inventory
        .all(VirtualService.class)
        .forEach(vs -> names.add(List.of(vs.metadata().namespace(), vs.metadata().name())));
    for (VirtualService rules : rules(staying, inventory)) {
      GatewayRoute first =
          routes.stream()
              .filter(route -> route.position().equals(rules.position()))
              .findFirst()
              .orElseThrow();
      documents
          .computeIfAbsent(first, route -> new ArrayList<>())
          .add(document(rules, name(first, names), first, inventory));
    }
    documents.forEach(outcome::replace);
    routes.stream()
        .filter(route -> !staying.contains(route) && !documents.containsKey(route))
        .forEach(
            route ->
                outcome.inform(
                    route,
                    "its rules stand in the VirtualService of "
                        + documents.keySet().stream()
                            .filter(
                                other -> hosts(other, inventory).equals(hosts(route, inventory)))
                            .map(other -> other.metadata().name())
                            .findFirst()
                            .orElse("another route")
                        + ", since of several for one host one would count"));
  }

  /** What the control plane makes of the routes. */
  private static List<VirtualService> rules(Set<GatewayRoute> staying, Inventory inventory) {
    List<Resource> used =
        inventory.resources().stream()
            .filter(r -> r instanceof ServiceEntry || r instanceof GatewayRoute)
            .filter(r -> !(r instanceof GatewayRoute route && staying.contains(route)))
            .toList();
    return PushContext.of(MeshConfig.DEFAULT, used, RegistrySnapshot.EMPTY).effectiveRules();
  }

  private static String name(GatewayRoute route, Set<List<String>> names) {
    String namespace = route.metadata().namespace();
    String name = route.metadata().name();
    for (int i = 2; !names.add(List.of(namespace, name)); i++) {
      name = route.metadata().name() + "-" + i;
    }
    return name;
  }

  private static Map<String, Object> document(
      VirtualService rules, String name, GatewayRoute route, Inventory inventory) {
    String namespace = route.metadata().namespace();
    Map<String, Object> document =
        Values.document("networking.istio.io/v1", "VirtualService", name, route.metadata());
    String host = rules.hosts().get(0);
    Map<String, Object> spec = Values.of("hosts", List.of(inventory.written(host, namespace)));
    if (!namespace.equals(owner(host, inventory))) {
      // Away from home the rules are for the callers of their own namespace.
      spec.put("exportTo", List.of("."));
    }
    Set<String> names =
        inventory
            .all(GatewayRoute.class)
            .flatMap(each -> each.rules().stream())
            .map(GatewayRoute.Rule::name)
            .filter(each -> !each.isEmpty())
            .collect(Collectors.toSet());
    spec.put(
        "http", new RulesYaml(h -> inventory.written(h, namespace), names).rules(rules.http()));
    document.put("spec", spec);
    return document;
  }

  /** The namespace of what has a host. */
  private static String owner(String host, Inventory inventory) {
    return inventory
        .service(host)
        .map(Inventory.ServiceName::namespace)
        .or(() -> inventory.entry(host).map(entry -> entry.metadata().namespace()))
        .orElse("");
  }

  private static List<Outcome.Problem> problems(GatewayRoute route, Inventory inventory) {
    List<Outcome.Problem> problems = new ArrayList<>();
    for (ParentRef parent : route.parentRefs()) {
      if (parent.kind() == ParentKind.GATEWAY) {
        problems.add(
            new Outcome.Problem(
                parent.position(),
                "spec.parentRefs",
                "the Gateway "
                    + parent.name()
                    + " brings a proxy of its own, and a Gateway of"
                    + " networking.istio.io does not"));
      } else if (parentHosts(parent, inventory).isEmpty()) {
        problems.add(
            new Outcome.Problem(
                parent.position(),
                "spec.parentRefs",
                "no file declares the ServiceEntry " + parent.name() + ", which has the hosts"));
      } else if (parentHosts(parent, inventory).stream().anyMatch(host -> host.startsWith("*"))) {
        problems.add(
            new Outcome.Problem(
                parent.position(),
                "spec.parentRefs",
                "rules for the wildcard of a ServiceEntry hold for it alone, and in a"
                    + " VirtualService for the services under it"));
      }
    }
    route.rules().forEach(rule -> problems.addAll(problems(rule)));
    return problems;
  }

  private static List<Outcome.Problem> problems(GatewayRoute.Rule rule) {
    List<Outcome.Problem> problems = new ArrayList<>();
    List<BackendRef> backends = new ArrayList<>(rule.backendRefs());
    for (GatewayRoute.Filter filter : rule.filters()) {
      if (filter instanceof GatewayRoute.RequestMirror mirror) {
        backends.add(mirror.backend());
      } else if (filter instanceof GatewayRoute.Cors) {
        problems.add(
            new Outcome.Problem(
                rule.position(),
                "spec.rules.filters",
                "a CORS filter has other forms of origins than corsPolicy"));
      }
    }
    for (BackendRef backend : backends) {
      if (backend.kind() == BackendKind.OTHER) {
        problems.add(
            new Outcome.Problem(
                backend.position(),
                "spec.rules.backendRefs",
                "a VirtualService sends to no " + backend.writtenKind()));
      }
    }
    rule.filters().stream()
        .filter(GatewayRoute.RequestRedirect.class::isInstance)
        .map(GatewayRoute.RequestRedirect.class::cast)
        .filter(r -> r.scheme().isPresent() && r.port().isEmpty() && r.hostname().isEmpty())
        .forEach(
            r ->
                problems.add(
                    new Outcome.Problem(
                        rule.position(),
                        "spec.rules.filters.requestRedirect.scheme",
                        "a VirtualService stays at the port of the request where it is not 80, and"
                            + " an HTTPRoute leads to that of the scheme")));
    return problems;
  }

  /** Routes for one host are converted together, and not beside rules that are there. */
  private static void together(
      List<GatewayRoute> routes,
      Map<GatewayRoute, List<Outcome.Problem>> problems,
      Inventory inventory) {
    Map<String, VirtualService> taken = new HashMap<>();
    inventory
        .all(VirtualService.class)
        .filter(VirtualService::appliesToMesh)
        .forEach(
            vs ->
                vs.hosts()
                    .forEach(h -> taken.put(inventory.complete(h, vs.metadata().namespace()), vs)));
    for (GatewayRoute route : routes) {
      for (String host : hosts(route, inventory)) {
        Optional.ofNullable(taken.get(host))
            .ifPresent(
                vs ->
                    add(
                        route,
                        "the VirtualService at "
                            + vs.position()
                            + " has rules for "
                            + host
                            + ", and of two for one host one would count",
                        problems));
      }
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (GatewayRoute route : routes) {
        for (GatewayRoute other : routes) {
          boolean stays = !problems.getOrDefault(other, List.of()).isEmpty();
          if (problems.getOrDefault(route, List.of()).isEmpty()
              && stays
              && hosts(route, inventory).stream().anyMatch(hosts(other, inventory)::contains)) {
            add(route, "the route at " + other.position() + " for the same host stays", problems);
            changed = true;
          }
        }
      }
    }
  }

  private static void add(
      GatewayRoute route, String message, Map<GatewayRoute, List<Outcome.Problem>> problems) {
    problems
        .computeIfAbsent(route, r -> new ArrayList<>())
        .add(new Outcome.Problem(route.position(), "spec.parentRefs", message));
  }

  private static List<String> hosts(GatewayRoute route, Inventory inventory) {
    return route.parentRefs().stream()
        .flatMap(parent -> parentHosts(parent, inventory).stream())
        .toList();
  }

  private static List<String> parentHosts(ParentRef parent, Inventory inventory) {
    return switch (parent.kind()) {
      case SERVICE -> List.of(inventory.host(parent.name(), parent.namespace()));
      case SERVICE_ENTRY ->
          inventory
              .all(ServiceEntry.class)
              .filter(
                  entry ->
                      entry.metadata().name().equals(parent.name())
                          && entry.metadata().namespace().equals(parent.namespace()))
              .findFirst()
              .map(ServiceEntry::hosts)
              .orElse(List.of());
      case GATEWAY -> List.of();
    };
  }
}
