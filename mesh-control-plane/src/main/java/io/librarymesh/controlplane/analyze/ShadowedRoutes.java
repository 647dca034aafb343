package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.ResilienceRule;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * Rules to which those above leave no request: of rules in order the first that matches is in
 * force. What stands behind a rule without any condition the reader names already.
 */
final class ShadowedRoutes implements Analyzer {

  @Override
  public Code code() {
    return Code.SHADOWED_ROUTE;
  }

  /**
   * A rule of any kind.
   *
   * @param leavesOver whether what it matches may go on to later rules all the same
   */
  private record Rule(SourcePosition position, List<HttpMatchRequest> match, boolean leavesOver) {

    /** What it matches, one way after the other; without a condition there is one way. */
    List<HttpMatchRequest> ways() {
      return match.isEmpty() ? List.of(HttpMatchRequest.everything(position)) : match;
    }
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.all(VirtualService.class)) {
      Optional<Integer> only = onlyPort(mesh, rules);
      check(
          rules.http().stream().map(ShadowedRoutes::rule).toList(), rules.gateways(), only, report);
    }
    for (ResiliencePolicy policy : mesh.all(ResiliencePolicy.class)) {
      check(
          policy.http().stream().map(ShadowedRoutes::rule).toList(),
          List.of(),
          Optional.empty(),
          report);
    }
  }

  /** The port of all calls that clients of the mesh make to the hosts, if there is one. */
  private static Optional<Integer> onlyPort(AnalyzedMesh mesh, VirtualService rules) {
    NavigableSet<Integer> ports = MatchPorts.ports(mesh, rules);
    return rules.gateways().equals(List.of(VirtualService.MESH_GATEWAY)) && ports.size() == 1
        ? Optional.of(ports.first())
        : Optional.empty();
  }

  private static Rule rule(HttpRoute route) {
    return new Rule(
        route.position(), route.match(), route.action() instanceof HttpRouteAction.Delegate);
  }

  private static Rule rule(ResilienceRule rule) {
    return new Rule(rule.position(), rule.match(), false);
  }

  private static void check(
      List<Rule> rules, List<String> gateways, Optional<Integer> onlyPort, Report report) {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      List<Rule> before = rules.subList(0, i).stream().map(r -> withoutPort(r, onlyPort)).toList();
      List<String> takers = new ArrayList<>();
      for (HttpMatchRequest match : rule.ways()) {
        taker(before, match, gateways).ifPresent(takers::add);
      }
      if (takers.size() == rule.ways().size()) {
        report.warn(rule.position(), path(i), message("this rule", takers.get(0)));
      } else if (!takesEverything(rule.match())) {
        checkMatches(before, rule, path(i), gateways, report);
      }
      if (takesEverything(rule.match())) {
        return;
      }
    }
  }

  /** A condition on the only port that there is holds for every call. */
  private static Rule withoutPort(Rule rule, Optional<Integer> onlyPort) {
    return new Rule(
        rule.position(),
        rule.match().stream()
            .map(match -> match.scope().port().equals(onlyPort) ? match.atAnyPort() : match)
            .toList(),
        rule.leavesOver());
  }

  private static void checkMatches(
      List<Rule> before, Rule rule, String path, List<String> gateways, Report report) {
    List<HttpMatchRequest> matches = rule.match();
    for (int j = 0; j < matches.size(); j++) {
      String at = path + ".match[" + j + "]";
      SourcePosition position = matches.get(j).position();
      taker(before, matches.get(j), gateways)
          .ifPresent(taker -> report.warn(position, at, message("this match", taker)));
    }
  }

  private static String path(int rule) {
    return "spec.http[" + rule + "]";
  }

  private static String message(String what, String taker) {
    return "never reached: "
        + taker
        + " takes all of its requests before (expected: "
        + what
        + " above that one, or gone)";
  }

  /** Which of the rules takes everything that the match takes. */
  private static Optional<String> taker(
      List<Rule> rules, HttpMatchRequest match, List<String> gateways) {
    for (int i = 0; i < rules.size(); i++) {
      List<HttpMatchRequest> wider = rules.get(i).match();
      for (int j = 0; j < wider.size() && !rules.get(i).leavesOver(); j++) {
        if (MatchCoverage.covers(wider.get(j), match, gateways)) {
          return Optional.of("http[" + i + "].match[" + j + "] at " + wider.get(j).position());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean takesEverything(List<HttpMatchRequest> match) {
    return match.isEmpty() || match.stream().anyMatch(ShadowedRoutes::isWithoutCondition);
  }

  private static boolean isWithoutCondition(HttpMatchRequest match) {
    return match.scope().equals(MatchScope.ANY)
        && MatchCoverage.covers(match, HttpMatchRequest.everything(match.position()), List.of());
  }
}
