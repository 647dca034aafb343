package io.librarymesh.cli;

import io.librarymesh.Explanation;
import io.librarymesh.Explanation.Destination;
import io.librarymesh.Explanation.Outcome;
import io.librarymesh.Explanation.Rule;
import io.librarymesh.Explanation.State;
import io.librarymesh.Semantics;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterName;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RouteAction;
import io.librarymesh.pick.HostExplanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import okhttp3.Request;

/** An explanation for people. */
final class ExplanationText {
  /** On what Istio retries by default. */
  private static final String ISTIO_RETRIES =
      "cancelled,connect-failure,refused-stream,retriable-status-codes,unavailable";

  private static final int LONGEST_ANSWER = 200;

  private final StringBuilder out = new StringBuilder();
  private final Request request;
  private final Semantics semantics;

  private ExplanationText(Request request, Semantics semantics) {
    this.request = request;
    this.semantics = semantics;
  }

  static String of(Request request, Explanation explanation) {
    ExplanationText text = new ExplanationText(request, explanation.semantics());
    text.line(request.method() + " " + request.url());
    text.explanation(explanation);
    return text.out.toString();
  }

  private void explanation(Explanation explanation) {
    line("target        " + explanation.target());
    if (!explanation.unknown().isEmpty()) {
      line("unknown       " + explanation.unknown());
    }
    if (!explanation.problem().isEmpty()) {
      line("problem       " + explanation.problem());
      return;
    }
    explanation.normalPath().ifPresent(path -> line("normal path   " + path));
    line("virtual host  " + explanation.virtualHost().orElse("none has this authority: 404 NR"));
    if (explanation.virtualHost().isEmpty()) {
      return;
    }
    line("");
    line("rules, in order");
    int number = 1;
    for (Rule rule : explanation.rules()) {
      rule(number++, rule);
    }
    if (explanation.outcomes().isEmpty()) {
      line("no rule applies: 404 NR");
    }
    explanation.policy().ifPresent(policy -> PolicyText.lines(policy).forEach(this::line));
    explanation.outcomes().forEach(this::outcome);
  }

  private void rule(int number, Rule rule) {
    String verdict =
        switch (rule.verdict()) {
          case TAKEN -> "taken";
          case SHARE -> "taken by a share";
          case PASSED_OVER -> "passed over";
          case NOT_REACHED -> "not reached";
        };
    line(
        String.format(
                "  %d. %-20s %-16s %s",
                number, named(rule.name(), "rule without a name"), verdict, rule.reason())
            .stripTrailing());
    if (!rule.origin().isEmpty()) {
      line("     " + rule.origin());
    }
  }

  private void outcome(Outcome outcome) {
    line("");
    line(
        percent(outcome.share())
            + " of such requests take "
            + named(outcome.rule(), "the rule without a name")
            + (outcome.origin().isEmpty() ? "" : " (" + outcome.origin() + ")"));
    fault(outcome.fault());
    if (outcome.isAborted()) {
      line("  answer      of the abort; nothing below is asked");
    }
    outcome.session().ifPresent(session -> line("  session     " + SessionText.of(session)));
    if (outcome.action() instanceof RouteAction.Forward forward) {
      TimeoutText.lines(forward.timeouts(), request).forEach(this::line);
      line("  retries     " + retries(forward.retryPolicy()));
      repeats(outcome, forward.retryPolicy());
      for (MirrorPolicy mirror : forward.mirrors()) {
        line(
            "  mirror      "
                + share(mirror.share())
                + " to "
                + ClusterName.parse(mirror.cluster()).description());
      }
      if (request.isHttps()) {
        line("  TLS         spoken with the endpoint itself, since the URL says https");
      }
      for (Destination destination : outcome.destinations()) {
        destination(destination, outcome, forward);
      }
    } else if (outcome.action() instanceof RouteAction.DirectResponse direct) {
      String text = direct.body().isEmpty() ? "" : ": " + direct.body();
      line("  answer      " + direct.status() + " from the rule itself" + oneLine(text));
      instead(outcome, "  answer      ").ifPresent(this::line);
    } else if (outcome.action() instanceof RouteAction.Redirect redirect) {
      line("  answer      " + redirect.status() + ", a redirect from the rule itself");
    }
  }

  private void repeats(Outcome outcome, RetryPolicy policy) {
    if (retriesNothing(policy)) {
      return;
    }
    if (!outcome.repeats()) {
      line(
          "              "
              + request.method()
              + " only when it was certainly not processed"
              + (policy.hedges() ? ", so no try beside another" : ""));
    }
    if (semantics == Semantics.STANDARD) {
      line("              at most a fifth of the calls, or 10 a second if that is more");
    }
  }

  private static boolean retriesNothing(RetryPolicy policy) {
    return policy.on().isEmpty() || policy.numRetries() == 0;
  }

  private void fault(FaultInjection fault) {
    FaultInjection.Delay delay = fault.delay();
    if (delay.share().numerator() > 0) {
      String how = delay.byHeader() ? "as long as a header asks" : time(delay.nanos());
      line("  delay       " + how + " for " + share(delay.share()));
    }
    FaultInjection.Abort abort = fault.abort();
    if (abort.share().numerator() > 0) {
      line("  abort       " + answer(abort) + " for " + share(abort.share()));
    }
    FaultInjection.ResponseRateLimit limit = fault.responseRateLimit();
    if (limit.share().numerator() > 0) {
      String rate = limit.byHeader() ? "what a header asks" : limit.kibPerSecond() + " KiB/s";
      line("  throughput  at most " + rate + " for " + share(limit.share()));
    }
    if (!fault.gate().upstreamCluster().isEmpty()) {
      String cluster = ClusterName.parse(fault.gate().upstreamCluster()).description();
      line("  faults      only on the way to " + cluster);
    }
  }

  private static String answer(FaultInjection.Abort abort) {
    if (abort.byHeader()) {
      return "with what a header asks";
    }
    return abort.grpcStatus() < 0
        ? Integer.toString(abort.httpStatus())
        : "gRPC status " + abort.grpcStatus();
  }

  private static String retries(RetryPolicy policy) {
    if (retriesNothing(policy)) {
      return "none";
    }
    List<String> parts = new ArrayList<>();
    String on = policy.on().stream().map(RetryOn::token).sorted().collect(Collectors.joining(","));
    parts.add(policy.numRetries() + " on " + on);
    if (policy.numRetries() == 2 && on.equals(ISTIO_RETRIES)) {
      parts.add("as Istio does where a rule says nothing");
    }
    if (!policy.retriableStatusCodes().isEmpty()) {
      parts.add("status codes " + policy.retriableStatusCodes());
    }
    if (policy.perTryTimeoutNanos() > 0) {
      parts.add(
          time(policy.perTryTimeoutNanos())
              + (policy.hedges() ? " until the next try begins beside it" : " a try"));
    }
    if (policy.perTryIdleTimeoutNanos() > 0) {
      parts.add(
          time(policy.perTryIdleTimeoutNanos())
              + " of silence"
              + (policy.hedges() ? " until the next try begins beside it" : " a try"));
    }
    parts.add(
        "back-off from "
            + time(policy.backOff().baseNanos())
            + " to "
            + time(policy.backOff().maxNanos()));
    if (policy.hostSelection().avoidPreviousHosts()) {
      parts.add("on another endpoint where there is one");
    }
    return String.join("; ", parts);
  }

  private void destination(Destination destination, Outcome outcome, RouteAction.Forward forward) {
    line(
        "  "
            + percent(destination.share())
            + " to "
            + ClusterName.parse(destination.cluster()).description());
    if (destination.state().isEmpty()) {
      line("      there is no such cluster: " + forward.clusterNotFoundStatus() + " NC");
      return;
    }
    State state = destination.state().get();
    Cluster cluster = state.config();
    if (!cluster.origin().isEmpty()) {
      line("      written in        " + cluster.origin());
    }
    line(
        "      limits            "
            + limits(cluster.circuitBreakers().of(forward.priority()), state));
    line("      outlier detection " + outliers(cluster.outlierDetection(), state.hosts().size()));
    outcome
        .session()
        .flatMap(session -> SessionText.host(session, state.sessionProblem()))
        .ifPresent(text -> line("      session's host    " + text));
    TimeoutText.lines(cluster).forEach(this::line);
    if (cluster.discovery() != Cluster.Discovery.ORIGINAL_DESTINATION) {
      line("      load balancing    " + BalancingText.of(cluster.loadBalancing().policy(), state));
    }
    TransportText.lines(cluster).forEach(text -> line("      transport         " + text));
    int perConnection = cluster.http().maxRequestsPerConnection();
    if (perConnection > 0) {
      line(
          "      each connection   "
              + perConnection
              + (perConnection == 1 ? " request" : " requests"));
    }
    if (cluster.discovery() == Cluster.Discovery.ORIGINAL_DESTINATION) {
      line("      goes to the address in the URL");
    } else if (state.hosts().isEmpty()) {
      line("      no endpoints: 503 UH");
    }
    if (!outcome.reaches(state)) {
      instead(outcome, "      ").ifPresent(this::line);
    }
    state.hosts().forEach(host -> host(host, cluster));
  }

  /** What the caller gets after all; empty when it gets what was just said. */
  private static Optional<String> instead(Outcome outcome, String indent) {
    return outcome
        .standIn()
        .map(
            in ->
                indent
                    + "in place of that the policy's fallback "
                    + (in.cluster().isEmpty()
                        ? "answers " + in.status()
                        : "asks " + ClusterName.parse(in.cluster()).description())
                    + ", FB");
  }

  private static String oneLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > LONGEST_ANSWER ? line.substring(0, LONGEST_ANSWER) + "..." : line;
  }

  private void host(HostExplanation host, Cluster cluster) {
    String labels =
        new TreeMap<>(host.endpoint().labels())
            .entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    String ejected = host.ejectedNanos() > 0 ? ", back in " + time(host.ejectedNanos()) : "";
    line(
        String.format(
            "      %-22s %-4s %s%s; weight %d, %d in flight%s%s",
            host.endpoint().hostPort(),
            host.pickable() ? "yes" : "no",
            host.reason(),
            ejected,
            host.endpoint().weight(),
            host.active(),
            TransportText.of(cluster, host.endpoint()),
            labels.isEmpty() ? "" : "; " + labels));
  }

  private static String limits(CircuitBreakers.Thresholds breakers, State state) {
    return String.join(
        ", ",
        "requests " + state.requests() + " of " + limit(breakers.maxRequests()),
        "pending " + state.pending() + " of " + limit(breakers.maxPendingRequests()),
        "connections " + limit(breakers.maxConnections()),
        "retries " + state.retries() + " of " + limit(breakers.retries()));
  }

  private static String limit(CircuitBreakers.RetryLimit retries) {
    if (retries instanceof CircuitBreakers.RetryLimit.Budget budget) {
      return percent(budget.perMillion() / 1e6)
          + " of the requests in flight, at least "
          + budget.minConcurrency();
    }
    return limit(((CircuitBreakers.RetryLimit.Count) retries).max());
  }

  private static String limit(int value) {
    return value == CircuitBreakers.UNLIMITED ? "unlimited" : Integer.toString(value);
  }

  private static String outliers(OutlierDetection detection, int hosts) {
    if (!detection.enabled()) {
      return "off";
    }
    List<String> parts = new ArrayList<>();
    detector(parts, "5xx", detection.consecutive().fiveXx());
    detector(parts, "gateway failures", detection.consecutive().gateway());
    if (detection.splitLocalOriginErrors()) {
      detector(parts, "local failures", detection.consecutive().localOrigin());
    }
    rates(parts, detection);
    OutlierDetection.Ejection ejection = detection.ejection();
    int most = most(ejection.share(), hosts);
    parts.add(
        "out for "
            + time(ejection.baseNanos())
            + ", at most "
            + ejection.share().maxPercent()
            + " % of them, which is "
            + (most == 0 ? "nobody" : Integer.toString(most))
            + " of "
            + hosts);
    return String.join("; ", parts);
  }

  private static int most(OutlierDetection.Share share, int hosts) {
    int most = (int) ((long) hosts * share.maxPercent() / 100);
    return most == 0 && share.alwaysOne() ? Math.min(1, hosts) : most;
  }

  private static void rates(List<String> parts, OutlierDetection detection) {
    OutlierDetection.SuccessRate rate = detection.successRate();
    if (rate.enforcing().percent() > 0) {
      parts.add(
          "success rates "
              + rate.stdevFactorPerMille() / 1000.0
              + " deviations below the mean, with "
              + sample(rate.sample()));
    }
    OutlierDetection.FailurePercentage percentage = detection.failurePercentage();
    if (percentage.enforcing().percent() > 0) {
      parts.add(percentage.thresholdPercent() + " % failures, with " + sample(percentage.sample()));
    }
  }

  private static String sample(OutlierDetection.Sample sample) {
    return sample.minimumHosts() + " hosts of " + sample.requestVolume() + " calls at least";
  }

  private static void detector(
      List<String> parts, String what, OutlierDetection.Detector detector) {
    if (detector.enforcingPercent() > 0) {
      parts.add(detector.threshold() + " " + what + " in a row");
    }
  }

  private static String named(String name, String otherwise) {
    return name.isEmpty() ? otherwise : name;
  }

  private static String share(FractionalPercent share) {
    return percent(Math.min(1, (double) share.numerator() / share.denominator()));
  }

  private static String percent(double share) {
    double percent = share * 100;
    String digits =
        percent == Math.rint(percent)
            ? Long.toString((long) percent)
            : String.format(Locale.ROOT, "%.4f", percent).replaceAll("0+$", "");
    return digits + " %";
  }

  static String time(long nanos) {
    if (nanos % 1_000_000_000L == 0) {
      return nanos / 1_000_000_000L + " s";
    }
    return nanos / 1_000_000L + " ms";
  }

  private void line(String text) {
    out.append(text).append(System.lineSeparator());
  }
}
