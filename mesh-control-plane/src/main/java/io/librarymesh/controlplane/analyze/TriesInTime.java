package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import java.time.Duration;
import java.util.Optional;

/** Timeouts that end before all tries could run out of theirs. */
final class TriesInTime implements Analyzer {

  @Override
  public Code code() {
    return Code.TRIES_DO_NOT_FIT;
  }

  /** Tries of a rule, the first included. */
  private record Tries(Optional<Duration> timeout, Optional<Duration> each, int number) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.all(VirtualService.class)) {
      for (int i = 0; i < rules.http().size(); i++) {
        HttpRoute rule = rules.http().get(i);
        int retries = rule.retries().map(HttpRetry::attempts).orElse(0);
        Optional<Duration> each = rule.retries().flatMap(HttpRetry::perTryTimeout);
        String path = "spec.http[" + i + "].timeout";
        check(new Tries(rule.timeout(), each, retries + 1), rule.position(), path, report);
      }
    }
    for (GatewayRoute route : mesh.all(GatewayRoute.class)) {
      for (int i = 0; i < route.rules().size(); i++) {
        GatewayRoute.Rule rule = route.rules().get(i);
        int retries = rule.retry().map(GatewayRoute.Retry::attempts).orElse(0);
        String path = "spec.rules[" + i + "].timeouts.request";
        check(
            new Tries(rule.timeout(), rule.backendTimeout(), retries + 1),
            rule.position(),
            path,
            report);
      }
    }
  }

  private static void check(Tries tries, SourcePosition position, String path, Report report) {
    Optional<Duration> timeout = tries.timeout().filter(t -> !t.isZero());
    Optional<Duration> each = tries.each().filter(t -> !t.isZero());
    if (timeout.isEmpty() || each.isEmpty() || tries.number() < 2) {
      return;
    }
    Duration needed = each.get().multipliedBy(tries.number());
    if (each.get().compareTo(timeout.get()) >= 0) {
      report.warn(
          position,
          path,
          text(timeout.get())
              + " is not more than the limit of one try, "
              + text(each.get())
              + ", which therefore counts for nothing, and a try that runs out of time is the last"
              + " (expected: more than "
              + text(needed)
              + " for all "
              + tries.number()
              + " tries)");
    } else if (timeout.get().compareTo(needed) < 0) {
      report.warn(
          position,
          path,
          text(timeout.get())
              + " ends the call before the last of "
              + tries.number()
              + " tries of "
              + text(each.get())
              + " has run out of time (expected: more than "
              + text(needed)
              + ", or fewer or shorter tries)");
    }
  }

  /** {@code 2s}, {@code 250ms}. */
  private static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
