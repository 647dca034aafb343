package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** VirtualServices for the callers of services as HTTPRoutes. */
final class RulesToRoutes implements Converter {
  private static final int MOST_RULES = 16;
  private static final int MOST_MATCHES = 64;
  private static final int MOST_MATCHES_OF_ALL = 128;

  /** What an HTTPRoute tries again besides statuses, and one without a word of it. */
  private static final Set<String> TRIED_AGAIN =
      Set.of("connect-failure", "refused-stream", "unavailable", "cancelled");

  private static final String STATUSES = "retriable-status-codes";

  @Override
  public void convert(Inventory inventory, Outcome outcome) {
    for (VirtualService rules : inventory.all(VirtualService.class).toList()) {
      List<Outcome.Problem> problems = new ArrayList<>();
      Map<String, Object> route = route(rules, inventory, problems);
      if (problems.isEmpty()) {
        outcome.replace(rules, List.of(route));
      } else {
        outcome.stays(rules, List.copyOf(new LinkedHashSet<>(problems)));
      }
    }
  }

  private static Map<String, Object> route(
      VirtualService rules, Inventory inventory, List<Outcome.Problem> problems) {
    Map<String, Object> spec = new LinkedHashMap<>();
    Optional<Integer> matched = matchedPort(rules, problems);
    RouteParents parents = new RouteParents(rules, inventory, matched, problems);
    spec.put("parentRefs", parents.refs());
    whole(rules, problems);
    RouteBackends backends =
        new RouteBackends(inventory, rules.metadata().namespace(), parents.calledPort());
    spec.put("rules", rules(rules.http(), backends, problems));
    Map<String, Object> document =
        Values.document(
            "gateway.networking.k8s.io/v1", "HTTPRoute", rules.metadata().name(), rules.metadata());
    document.put("spec", spec);
    return document;
  }

  /** What an HTTPRoute as a whole lacks. */
  private static void whole(VirtualService rules, List<Outcome.Problem> problems) {
    if (!rules.tls().isEmpty() || !rules.tcp().isEmpty()) {
      problems.add(problem(rules, "spec", "an HTTPRoute has no rules for TLS and TCP"));
    }
    rules.metadata().annotations().keySet().stream()
        .filter(name -> name.startsWith("librarymesh.io/"))
        .forEach(
            name ->
                problems.add(
                    problem(
                        rules, "metadata.annotations", "at an HTTPRoute nobody reads " + name)));
  }

  /** The one port that all matches name, which the HTTPRoute names at its parent. */
  private static Optional<Integer> matchedPort(
      VirtualService rules, List<Outcome.Problem> problems) {
    Set<Optional<Integer>> ports = new HashSet<>();
    for (HttpRoute rule : rules.http()) {
      if (rule.match().isEmpty()) {
        ports.add(Optional.empty());
      }
      rule.match().forEach(match -> ports.add(match.scope().port()));
    }
    if (ports.size() > 1) {
      problems.add(
          problem(rules, "spec.http.match.port", "an HTTPRoute has one port for all its rules"));
    }
    return ports.stream().flatMap(Optional::stream).findFirst();
  }

  private static List<Object> rules(
      List<HttpRoute> rules, RouteBackends backends, List<Outcome.Problem> problems) {
    for (int i = 0; i < rules.size() - 1; i++) {
      if (isCatchAll(rules.get(i))) {
        problems.add(
            new Outcome.Problem(
                rules.get(i + 1).position(),
                "spec.http[" + (i + 1) + "]",
                "never reached behind a rule for everything, and in an HTTPRoute it would be"));
      }
    }
    RouteMatches matches = RouteMatches.of(rules, problems);
    List<Object> all = new ArrayList<>();
    int count = 0;
    for (int i = 0; i < rules.size(); i++) {
      String field = "spec.http[" + i + "]";
      all.add(rule(rules.get(i), field, matches.ofRule(i), backends, problems));
      count += matches.ofRule(i).size();
      if (matches.ofRule(i).size() > MOST_MATCHES) {
        problems.add(
            new Outcome.Problem(
                rules.get(i).position(), field, "an HTTPRoute has 64 matches to a rule at most"));
      }
    }
    if (!rules.isEmpty() && (rules.size() > MOST_RULES || count > MOST_MATCHES_OF_ALL)) {
      problems.add(
          new Outcome.Problem(
              rules.get(0).position(),
              "spec.http",
              "an HTTPRoute has 16 rules and 128 matches at most"));
    }
    return all;
  }

  private static boolean isCatchAll(HttpRoute rule) {
    return rule.match().isEmpty() || rule.match().stream().anyMatch(RulesToRoutes::isCatchAll);
  }

  private static boolean isCatchAll(HttpMatchRequest match) {
    return RoutePath.isRoot(match.uri())
        && match.method().isEmpty()
        && match.headers().isEmpty()
        && match.queryParams().isEmpty();
  }

  private static Map<String, Object> rule(
      HttpRoute rule,
      String field,
      List<RouteMatches.Match> matches,
      RouteBackends backends,
      List<Outcome.Problem> problems) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (!rule.name().isEmpty()) {
      if (!rule.name().matches("[a-z0-9]([-.a-z0-9]*[a-z0-9])?")) {
        problems.add(at(rule, field + ".name", "an HTTPRoute has names in lower case"));
      }
      map.put("name", rule.name());
    }
    List<Object> conditions = new ArrayList<>();
    for (int i = 0; i < matches.size(); i++) {
      conditions.add(RouteMatches.yaml(matches.get(i), field + ".match[" + i + "]", problems));
    }
    map.put("matches", conditions);
    List<Object> filters = RouteFilters.of(rule, field, matches, backends, problems);
    if (!filters.isEmpty()) {
      map.put("filters", filters);
    }
    if (rule.action() instanceof HttpRouteAction.Forward forward) {
      map.put("backendRefs", backends.refs(forward.destinations(), field, problems));
    }
    times(rule, field, map, problems);
    lacking(rule, field, problems);
    return map;
  }

  private static void lacking(HttpRoute rule, String field, List<Outcome.Problem> problems) {
    if (rule.action() instanceof HttpRouteAction.DirectResponse) {
      problems.add(at(rule, field + ".directResponse", "an HTTPRoute answers nothing by itself"));
    } else if (rule.action() instanceof HttpRouteAction.Delegate) {
      problems.add(at(rule, field + ".delegate", "an HTTPRoute delegates nothing"));
    }
    if (rule.fault().isPresent()) {
      problems.add(at(rule, field + ".fault", "an HTTPRoute injects no faults"));
    }
    if (rule.corsPolicy().isPresent()) {
      problems.add(
          at(
              rule,
              field + ".corsPolicy",
              "a CORS filter of an HTTPRoute has other forms of origins"));
    }
  }

  private static void times(
      HttpRoute rule, String field, Map<String, Object> map, List<Outcome.Problem> problems) {
    Map<String, Object> timeouts = new LinkedHashMap<>();
    rule.timeout().ifPresent(limit -> timeouts.put("request", Values.duration(limit)));
    Optional<Duration> perTry =
        rule.retries()
            .flatMap(HttpRetry::perTryTimeout)
            // A longer one than that of the call never ends anything.
            .filter(one -> rule.timeout().filter(all -> one.compareTo(all) >= 0).isEmpty());
    perTry.ifPresent(limit -> timeouts.put("backendRequest", Values.duration(limit)));
    if (!timeouts.isEmpty()) {
      map.put("timeouts", timeouts);
    }
    rule.retries().ifPresent(r -> map.put("retry", retry(rule, r, field + ".retries", problems)));
  }

  private static Map<String, Object> retry(
      HttpRoute rule, HttpRetry retries, String field, List<Outcome.Problem> problems) {
    List<Object> codes = new ArrayList<>();
    Set<String> conditions = new HashSet<>(retries.retryOn());
    conditions.remove(STATUSES);
    for (String condition : retries.retryOn()) {
      if (condition.matches("[45][0-9][0-9]")) {
        codes.add(Integer.parseInt(condition));
        conditions.remove(condition);
      }
    }
    if (!retries.retryOn().isEmpty() && !conditions.equals(TRIED_AGAIN)) {
      problems.add(
          at(
              rule,
              field + ".retryOn",
              "an HTTPRoute tries again on connect-failure, refused-stream, unavailable and"
                  + " cancelled, on statuses besides, and on nothing else"));
    }
    if (retries.retryIgnorePreviousHosts().isPresent()
        || retries.retryRemoteLocalities().isPresent()) {
      problems.add(at(rule, field, "an HTTPRoute does not say which hosts are tried next"));
    }
    Map<String, Object> map = Values.of("attempts", retries.attempts());
    if (!codes.isEmpty()) {
      map.put("codes", codes);
    }
    retries.backoff().ifPresent(backoff -> map.put("backoff", Values.duration(backoff)));
    return map;
  }

  private static Outcome.Problem at(HttpRoute rule, String field, String message) {
    return new Outcome.Problem(rule.position(), field, message);
  }

  private static Outcome.Problem problem(VirtualService rules, String field, String message) {
    return new Outcome.Problem(rules.position(), field, message);
  }
}
