package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.StringMatch;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The rules of one VirtualService that can apply to a client on a port: conditions on the client,
 * its namespace, the gateway and the port are decided here and gone.
 *
 * @param owner the VirtualService
 * @param routes candidates in the order in which they are tried; at least one
 */
record RouteSelection(VirtualService owner, List<Candidate> routes) {

  /**
   * One rule with one of its alternatives.
   *
   * @param match the alternative; absent for a rule that matches everything
   */
  record Candidate(HttpRoute rule, Optional<HttpMatchRequest> match) {

    /** The rule's name, and after a dot the alternative's; empty when neither has one. */
    String name() {
      String suffix = match.map(HttpMatchRequest::name).orElse("");
      return suffix.isEmpty() ? rule.name() : rule.name() + "." + suffix;
    }

    private boolean isCatchAll() {
      return match.isEmpty() || RouteSelection.isCatchAll(match.get());
    }
  }

  /** The first VirtualService that leaves any rule for the client; the others are ignored. */
  static Optional<RouteSelection> first(List<VirtualService> ranked, int port, ClientView view) {
    for (VirtualService vs : ranked) {
      List<Candidate> routes = candidates(vs, match -> applies(match.scope(), port, view));
      if (!routes.isEmpty()) {
        return Optional.of(new RouteSelection(vs, routes));
      }
    }
    return Optional.empty();
  }

  /**
   * The rules that apply to what comes through a Gateway; empty when there is none.
   *
   * @param port of the Gateway's server
   * @param gateway its whole name
   */
  static Optional<RouteSelection> ofGateway(
      VirtualService vs, int port, String gateway, ClientView view) {
    List<Candidate> routes = candidates(vs, match -> applies(match, port, gateway, view));
    return routes.isEmpty() ? Optional.empty() : Optional.of(new RouteSelection(vs, routes));
  }

  /** There are no claims without tokens; to leave such a condition out would open the rule. */
  private static boolean applies(
      HttpMatchRequest match, int port, String gateway, ClientView view) {
    return !asksForClaims(match.headers())
        && !asksForClaims(match.withoutHeaders())
        && applies(match.scope(), port, gateway, view);
  }

  private static boolean asksForClaims(Map<String, StringMatch> headers) {
    return headers.keySet().stream().anyMatch(name -> name.startsWith("@"));
  }

  private static List<Candidate> candidates(
      VirtualService vs, Predicate<HttpMatchRequest> applies) {
    List<Candidate> routes = new ArrayList<>();
    for (HttpRoute rule : vs.http()) {
      for (Candidate candidate : alternatives(rule, applies)) {
        routes.add(candidate);
        if (candidate.isCatchAll()) {
          return routes; // Nothing behind it can be reached.
        }
      }
    }
    return routes;
  }

  private static List<Candidate> alternatives(HttpRoute rule, Predicate<HttpMatchRequest> applies) {
    if (rule.match().isEmpty()) {
      return List.of(new Candidate(rule, Optional.empty()));
    }
    return rule.match().stream()
        .filter(applies)
        .map(match -> new Candidate(rule, Optional.of(match)))
        .toList();
  }

  /** Whether an alternative can ever apply; naming gateways switches the source conditions off. */
  static boolean applies(MatchScope scope, int port, ClientView view) {
    return applies(scope, port, VirtualService.MESH_GATEWAY, view);
  }

  private static boolean applies(MatchScope scope, int port, String gateway, ClientView view) {
    if (scope.port().isPresent() && scope.port().get() != port) {
      return false;
    }
    if (!scope.gateways().isEmpty()) {
      return scope.gateways().contains(gateway);
    }
    return view.hasLabels(scope.sourceLabels())
        && scope.sourceNamespace().map(view.namespace()::equals).orElse(true);
  }

  static boolean isCatchAll(HttpMatchRequest match) {
    boolean anyPath =
        match.uri().map(HttpMatchRequest.UriMatch::match).map(RouteSelection::isAny).orElse(true);
    return anyPath
        && match.scheme().isEmpty()
        && match.method().isEmpty()
        && match.authority().isEmpty()
        && match.headers().isEmpty()
        && match.withoutHeaders().isEmpty()
        && match.queryParams().isEmpty();
  }

  private static boolean isAny(StringMatch uri) {
    return (uri instanceof StringMatch.Prefix prefix && prefix.value().equals("/"))
        || (uri instanceof StringMatch.Regex regex
            && (regex.value().equals(".*") || regex.value().equals("*")));
  }
}
