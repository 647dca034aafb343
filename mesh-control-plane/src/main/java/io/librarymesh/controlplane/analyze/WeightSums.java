package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Weights that read as percentages and are none: those of several destinations are shares of their
 * sum, and a single destination takes everything.
 */
final class WeightSums implements Analyzer {
  private static final int WHOLE = 100;

  @Override
  public Code code() {
    return Code.WEIGHT_SUM;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.all(VirtualService.class)) {
      for (int i = 0; i < rules.http().size(); i++) {
        HttpRoute rule = rules.http().get(i);
        if (rule.action() instanceof HttpRouteAction.Forward forward) {
          List<Integer> weights =
              forward.destinations().stream().map(HttpRouteDestination::weight).toList();
          check(weights, rule.position(), "spec.http[" + i + "].route", report);
        }
      }
      for (int i = 0; i < rules.tls().size(); i++) {
        opaque(rules.tls().get(i).route(), "spec.tls[" + i + "].route", report);
      }
      for (int i = 0; i < rules.tcp().size(); i++) {
        opaque(rules.tcp().get(i).route(), "spec.tcp[" + i + "].route", report);
      }
    }
  }

  private static void opaque(List<RouteDestination> route, String path, Report report) {
    List<Integer> weights = route.stream().map(RouteDestination::weight).toList();
    check(weights, route.get(0).position(), path, report);
  }

  private static void check(
      List<Integer> weights, SourcePosition position, String path, Report report) {
    long sum = weights.stream().mapToLong(Integer::longValue).sum();
    if (sum == WHOLE) {
      return;
    }
    if (weights.size() > 1) {
      String shares =
          weights.stream()
              .map(weight -> String.format(Locale.ROOT, "%.1f %%", 100.0 * weight / sum))
              .collect(Collectors.joining(", "));
      report.warn(
          position,
          path,
          "the weights "
              + weights
              + " sum to "
              + sum
              + ", so the destinations get "
              + shares
              + " (expected: weights that sum to 100, if percentages are meant)");
    } else if (sum > 0) {
      report.warn(
          position,
          path,
          "weight "
              + sum
              + " of the only destination, which takes everything (expected: no weight, or another"
              + " destination for the rest)");
    }
  }
}
