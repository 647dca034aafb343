package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.StringMatch;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.List;
import java.util.Optional;

/**
 * Matches of the Gateway API to which others leave no request. Its matches are tried by kind and
 * length of their paths, of all routes of one parent together, whatever their order in the files:
 * so a regular expression comes behind every prefix, {@code /} included.
 */
final class ShadowedGatewayRoutes implements Analyzer {

  @Override
  public Code code() {
    return Code.SHADOWED_GATEWAY_ROUTE;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    RulePaths places = RulePaths.of(mesh);
    for (VirtualService rules : mesh.context().effectiveRules()) {
      if (rules.isOfGatewayApi()) {
        check(rules, places, report);
      }
    }
  }

  private static void check(VirtualService rules, RulePaths places, Report report) {
    List<HttpRoute> ordered = rules.http();
    for (int i = 0; i < ordered.size(); i++) {
      if (ordered.get(i).match().isEmpty()) {
        return; // Tried last.
      }
      HttpMatchRequest match = ordered.get(i).match().get(0);
      for (int j = 0; j < i; j++) {
        HttpMatchRequest wider = ordered.get(j).match().get(0);
        if (!wider.position().equals(match.position())
            && MatchCoverage.covers(wider, match, rules.gateways())) {
          String place = places.at(match.position());
          report.warn(match.position(), place, message(rules.hosts().get(0), match, wider, places));
          break;
        }
      }
    }
  }

  private static String message(
      String host, HttpMatchRequest match, HttpMatchRequest wider, RulePaths places) {
    String taker = places.at(wider.position()) + " at " + wider.position() + " takes";
    String order =
        path(match).filter(StringMatch.Regex.class::isInstance).isPresent()
            ? "; regular expressions are tried behind all exact paths and prefixes, wherever they"
                + " stand (expected: a narrower prefix there, or a header here and none there)"
            : " (expected: a condition that the other does not have, or one of the two gone)";
    return "never reached in calls to "
        + host
        + ": "
        + taker
        + " all of its requests before"
        + order;
  }

  private static Optional<StringMatch> path(HttpMatchRequest match) {
    return match.uri().map(HttpMatchRequest.UriMatch::match);
  }
}
