package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.GatewayRoute.Filter;
import io.librarymesh.controlplane.istio.GatewayRoute.PathModifier;
import io.librarymesh.controlplane.istio.GatewayRoute.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rules of the filters of HTTPRoutes and GRPCRoutes. */
final class GatewayFilterRules {
  private static final int MOST_FILTERS = 16;
  private static final int MOST_HEADERS = 16;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final ValueRules rules;

  GatewayFilterRules(ValueRules rules) {
    this.rules = rules;
  }

  /**
   * Checks the filters of a rule or of one of its backends.
   *
   * @param ofRule whether they stand in the rule; a backend has but header modifiers
   */
  void check(List<Filter> filters, Rule rule, FieldPath path, boolean ofRule) {
    if (filters.size() > MOST_FILTERS) {
      rules.invalid(path, filters.size(), "at most " + MOST_FILTERS);
    }
    Set<Class<?>> seen = new HashSet<>();
    for (int i = 0; i < filters.size(); i++) {
      Filter filter = filters.get(i);
      FieldPath at = path.index(i);
      boolean mirror = filter instanceof GatewayRoute.RequestMirror;
      if (!seen.add(filter.getClass()) && !mirror) {
        rules.report().invalid(at, "a second one of its type (expected: each type once)");
      }
      boolean headers =
          filter instanceof GatewayRoute.RequestHeaderModifier
              || filter instanceof GatewayRoute.ResponseHeaderModifier;
      if (!ofRule && !headers) {
        rules
            .report()
            .invalid(at, "at a backend (expected: header modifiers there, others in the rule)");
      }
      check(filter, rule, at);
    }
    if (seen.contains(GatewayRoute.RequestRedirect.class)
        && seen.contains(GatewayRoute.UrlRewrite.class)) {
      rules.report().invalid(path, "RequestRedirect and URLRewrite (expected: one of them)");
    }
  }

  private void check(Filter filter, Rule rule, FieldPath path) {
    if (filter instanceof GatewayRoute.RequestHeaderModifier request) {
      headers(request.operations(), true, path.field("requestHeaderModifier"));
    } else if (filter instanceof GatewayRoute.ResponseHeaderModifier response) {
      headers(response.operations(), false, path.field("responseHeaderModifier"));
    } else if (filter instanceof GatewayRoute.RequestMirror mirror) {
      FieldPath at = path.field("requestMirror");
      GatewayRouteRules.backend(mirror.backend(), at.field("backendRef"), rules);
      rules.within(at.field("percent"), mirror.percentage().value(), 0, 100);
    } else if (filter instanceof GatewayRoute.RequestRedirect redirect) {
      redirect(redirect, rule, path.field("requestRedirect"));
    } else if (filter instanceof GatewayRoute.UrlRewrite rewrite) {
      FieldPath at = path.field("urlRewrite");
      hostname(rewrite.hostname(), at.field("hostname"));
      rewrite.path().ifPresent(modifier -> modifier(modifier, rule, at.field("path")));
    }
  }

  private void headers(Headers.Operations operations, boolean request, FieldPath path) {
    HeaderRules.operations(operations, request, path, rules);
    most(operations.set().size(), path.field("set"));
    most(operations.add().size(), path.field("add"));
    most(operations.remove().size(), path.field("remove"));
  }

  private void most(int found, FieldPath path) {
    if (found > MOST_HEADERS) {
      rules.invalid(path, found, "at most " + MOST_HEADERS);
    }
  }

  private void redirect(GatewayRoute.RequestRedirect redirect, Rule rule, FieldPath path) {
    redirect
        .scheme()
        .filter(scheme -> !scheme.equals("http") && !scheme.equals("https"))
        .ifPresent(scheme -> rules.invalid(path.field("scheme"), scheme, "http or https"));
    hostname(redirect.hostname(), path.field("hostname"));
    rules.port(path.field("port"), redirect.port());
    if (!REDIRECTS.contains(redirect.statusCode())) {
      rules.invalid(path.field("statusCode"), redirect.statusCode(), "301, 302, 303, 307 or 308");
    }
    redirect.path().ifPresent(modifier -> modifier(modifier, rule, path.field("path")));
  }

  private void hostname(Optional<String> hostname, FieldPath path) {
    hostname
        .filter(host -> !Names.isDnsSubdomain(host))
        .ifPresent(host -> rules.invalid(path, host, "a host without a wildcard, in lower case"));
  }

  /** What replaces a prefix needs the one prefix that it replaces. */
  private void modifier(PathModifier modifier, Rule rule, FieldPath path) {
    boolean onePrefix =
        rule.matches().size() == 1
            && rule.matches()
                .get(0)
                .uri()
                .map(HttpMatchRequest.UriMatch::match)
                .filter(m -> m instanceof StringMatch.PathPrefix || m instanceof StringMatch.Prefix)
                .isPresent();
    if (modifier.prefix() && !onePrefix) {
      rules
          .report()
          .invalid(
              path.field("replacePrefixMatch"),
              "without a prefix that it replaces (expected: exactly one match, of a PathPrefix)");
    }
  }
}
