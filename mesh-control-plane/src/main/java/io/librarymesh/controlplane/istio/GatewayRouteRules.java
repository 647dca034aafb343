package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.GatewayRoute.BackendKind;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendRef;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentKind;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentRef;
import io.librarymesh.controlplane.istio.GatewayRoute.Rule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rules of HTTPRoutes and GRPCRoutes: those of the Gateway API's own schema. */
final class GatewayRouteRules {
  private static final int MOST_PARENTS = 32;
  private static final int MOST_RULES = 16;
  private static final int MOST_MATCHES = 64;
  private static final int MOST_MATCHES_OF_ALL = 128;
  private static final int MOST_BACKENDS = 16;
  private static final int HIGHEST_WEIGHT = 1_000_000;

  private final ValueRules rules;
  private final GatewayFilterRules filters;

  private GatewayRouteRules(ValueRules rules) {
    this.rules = rules;
    this.filters = new GatewayFilterRules(rules);
  }

  static void check(GatewayRoute route, FieldPath spec, ValueRules rules) {
    GatewayRouteRules all = new GatewayRouteRules(rules);
    all.parents(route.parentRefs(), spec.field("parentRefs"));
    FieldPath path = spec.field("rules");
    all.atMost(MOST_RULES, route.rules().size(), path);
    int matches = 0;
    Set<String> names = new HashSet<>();
    for (int i = 0; i < route.rules().size(); i++) {
      Rule rule = route.rules().get(i);
      all.rule(rule, path.index(i));
      matches += rule.matches().size();
      if (!rule.name().isEmpty() && !names.add(rule.name())) {
        rules.invalid(path.index(i).field("name"), rule.name(), "every name once");
      }
    }
    if (matches > MOST_MATCHES_OF_ALL) {
      rules.invalid(path, matches + " matches", "at most " + MOST_MATCHES_OF_ALL + " in all");
    }
  }

  private void parents(List<ParentRef> parents, FieldPath path) {
    atMost(MOST_PARENTS, parents.size(), path);
    if (parents.isEmpty()) {
      rules.missing(path, "what the rules are for, such as a Service");
    }
    Set<List<Object>> seen = new HashSet<>();
    for (int i = 0; i < parents.size(); i++) {
      ParentRef parent = parents.get(i);
      FieldPath at = path.index(i);
      if (parent.name().isEmpty()) {
        rules.missing(at.field("name"), "a name");
      } else if (parent.kind() == ParentKind.SERVICE && parent.name().indexOf('.') >= 0) {
        rules.invalid(at.field("name"), parent.name(), "the name of a Service, not its host");
      }
      if (!Names.isLowerDnsLabel(parent.namespace())) {
        rules.invalid(at.field("namespace"), parent.namespace(), "lower-case letters, digits, '-'");
      }
      rules.port(at.field("port"), parent.port());
      if (parent.kind() != ParentKind.GATEWAY && !parent.sectionName().isEmpty()) {
        rules.invalid(
            at.field("sectionName"), parent.sectionName(), "none, a service has no sections");
      }
      List<Object> identity =
          List.of(
              parent.kind(),
              parent.namespace(),
              parent.name(),
              parent.sectionName(),
              parent.port());
      if (!seen.add(identity)) {
        rules.report().invalid(at, "said before (expected: every parent once, or its ports)");
      }
    }
  }

  private void rule(Rule rule, FieldPath path) {
    if (!rule.name().isEmpty() && !Names.isDnsSubdomain(rule.name())) {
      rules.invalid(path.field("name"), rule.name(), "lower-case letters, digits, '-' and '.'");
    }
    atMost(MOST_MATCHES, rule.matches().size(), path.field("matches"));
    for (int i = 0; i < rule.matches().size(); i++) {
      GatewayMatchRules.check(rule.matches().get(i), path.field("matches").index(i), rules);
    }
    filters.check(rule.filters(), rule, path.field("filters"), true);
    backends(rule, path.field("backendRefs"));
    timeouts(rule, path.field("timeouts"));
    rule.retry().ifPresent(retry -> retry(retry, path.field("retry")));
  }

  private void backends(Rule rule, FieldPath path) {
    List<BackendRef> backends = rule.backendRefs();
    atMost(MOST_BACKENDS, backends.size(), path);
    for (int i = 0; i < backends.size(); i++) {
      BackendRef backend = backends.get(i);
      FieldPath at = path.index(i);
      backend(backend, at, rules);
      if (backend.weight() < 0 || backend.weight() > HIGHEST_WEIGHT) {
        rules.invalid(at.field("weight"), backend.weight(), "from 0 to " + HIGHEST_WEIGHT);
      }
      filters.check(backend.filters(), rule, at.field("filters"), false);
    }
    boolean redirects =
        rule.filters().stream().anyMatch(GatewayRoute.RequestRedirect.class::isInstance);
    if (redirects && !backends.isEmpty()) {
      rules.report().invalid(path, "beside a RequestRedirect (expected: none, nothing goes there)");
    }
  }

  static void backend(BackendRef backend, FieldPath path, ValueRules rules) {
    if (backend.name().isEmpty()) {
      rules.missing(path.field("name"), "a name");
    } else if (backend.kind() == BackendKind.SERVICE && backend.name().indexOf('.') >= 0) {
      rules.invalid(path.field("name"), backend.name(), "the name of a Service, not its host");
    } else if (backend.kind() == BackendKind.HOSTNAME && !Names.isWildcardDomain(backend.name())) {
      rules.invalid(path.field("name"), backend.name(), "a DNS name");
    }
    if (!Names.isLowerDnsLabel(backend.namespace())) {
      rules.invalid(
          path.field("namespace"), backend.namespace(), "lower-case letters, digits, '-'");
    }
    if (backend.port().isEmpty() && backend.kind() != BackendKind.OTHER) {
      rules.missing(path.field("port"), "the port of the service");
    }
    rules.port(path.field("port"), backend.port());
  }

  private void timeouts(Rule rule, FieldPath path) {
    rules.durationOrZero(path.field("request"), rule.timeout());
    rules.durationOrZero(path.field("backendRequest"), rule.backendTimeout());
    Optional<Duration> whole = rule.timeout().filter(timeout -> !timeout.isZero());
    boolean longer =
        whole
            .flatMap(all -> rule.backendTimeout().filter(one -> one.compareTo(all) > 0))
            .isPresent();
    if (longer) {
      rules.invalid(
          path.field("backendRequest"),
          GoDuration.print(rule.backendTimeout().orElseThrow()),
          "at most the timeout of the request");
    }
  }

  private void retry(GatewayRoute.Retry retry, FieldPath path) {
    for (int i = 0; i < retry.codes().size(); i++) {
      int code = retry.codes().get(i);
      if (code < 400 || code > 599) {
        rules.invalid(path.field("codes").index(i), code, "a status from 400 to 599");
      }
    }
    if (retry.attempts() < 0) {
      rules.invalid(path.field("attempts"), retry.attempts(), "0 or more");
    }
    rules.duration(path.field("backoff"), retry.backoff());
  }

  private void atMost(int most, int found, FieldPath path) {
    if (found > most) {
      rules.invalid(path, found, "at most " + most);
    }
  }
}
