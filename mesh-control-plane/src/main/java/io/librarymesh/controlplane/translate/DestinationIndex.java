package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which rules send to a host: who imports rules imports with them what they send to. Immutable.
 *
 * <p>Source: Istio {@code virtualServiceDestinationsFilteredBySourceNamespace}.
 */
final class DestinationIndex {

  private final Map<String, List<Use>> byHost = new HashMap<>();

  /**
   * A host as a destination of rules.
   *
   * @param port the port; absent when the port of the call is taken, whichever it is
   * @param scopes the conditions of the rule on who calls; none for everybody
   */
  private record Use(VirtualService rules, Optional<Integer> port, List<MatchScope> scopes) {

    boolean isFor(String clientNamespace) {
      return scopes.isEmpty()
          || scopes.stream()
              .anyMatch(s -> s.sourceNamespace().map(clientNamespace::equals).orElse(true));
    }
  }

  DestinationIndex(Collection<Resource> resources, String domain) {
    rules(resources)
        .forEach(
            vs ->
                uses(vs)
                    .forEach(
                        to -> {
                          String host = host(vs, to.destination(), domain);
                          Use use = new Use(vs, to.destination().port(), to.scopes());
                          byHost.computeIfAbsent(host, h -> new ArrayList<>(1)).add(use);
                        }));
  }

  /** The rules among the resources that concern clients of the mesh. */
  static Stream<VirtualService> rules(Collection<Resource> resources) {
    return resources.stream()
        .filter(VirtualService.class::isInstance)
        .map(VirtualService.class::cast)
        .filter(VirtualService::appliesToMesh);
  }

  /** The hosts that rules send to, complete and lower-case. */
  static Set<String> hosts(VirtualService vs, String domain) {
    return uses(vs)
        .map(use -> host(vs, use.destination(), domain))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether rules that a client imports send to a port of a host.
   *
   * @param imports what a Sidecar imports
   * @param visible the rules that the client sees, whatever is imported
   */
  boolean imports(
      EgressListener imports, VirtualServiceIndex visible, String host, int port, String client) {
    for (Use use : byHost.getOrDefault(host.toLowerCase(Locale.ROOT), List.of())) {
      if (use.isFor(client)
          && isPort(use, imports, port)
          && visible.isImported(use.rules(), imports, client)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPort(Use use, EgressListener imports, int port) {
    return imports.onlyPort()
        ? imports.importsPort(port)
        : use.port().map(written -> written == port).orElse(true);
  }

  private record To(Destination destination, List<MatchScope> scopes) {}

  private static Stream<To> uses(VirtualService vs) {
    Stream<To> http = vs.http().stream().flatMap(DestinationIndex::uses);
    Stream<To> tls =
        vs.tls().stream()
            .flatMap(rule -> opaque(rule.route(), rule.match().stream().map(m -> m.scope())));
    Stream<To> tcp =
        vs.tcp().stream()
            .flatMap(rule -> opaque(rule.route(), rule.match().stream().map(m -> m.scope())));
    return Stream.of(http, tls, tcp).flatMap(uses -> uses);
  }

  private static Stream<To> uses(HttpRoute rule) {
    List<MatchScope> scopes = rule.match().stream().map(m -> m.scope()).toList();
    Stream<Destination> routes =
        rule.action() instanceof HttpRouteAction.Forward forward
            ? forward.destinations().stream().map(HttpRouteDestination::destination)
            : Stream.empty();
    Stream<Destination> mirrors = rule.mirrors().stream().map(HttpMirrorPolicy::destination);
    return Stream.concat(routes, mirrors).map(destination -> new To(destination, scopes));
  }

  private static Stream<To> opaque(List<RouteDestination> route, Stream<MatchScope> scopes) {
    List<MatchScope> all = scopes.toList();
    return route.stream().map(entry -> new To(entry.destination(), all));
  }

  private static String host(VirtualService vs, Destination destination, String domain) {
    return HostNames.resolve(destination.host(), vs.metadata().namespace(), domain)
        .toLowerCase(Locale.ROOT);
  }
}
