package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/** Rules of an HTTP rule of a VirtualService. */
final class HttpRouteRules {
  private static final HttpRewrite NO_REWRITE =
      new HttpRewrite(Optional.empty(), Optional.empty(), Optional.empty());

  private final ValueRules rules;
  private final DocumentReport report;
  private final VirtualService service;

  HttpRouteRules(ValueRules rules, VirtualService service) {
    this.rules = rules;
    this.report = rules.report();
    this.service = service;
  }

  void check(HttpRoute route, FieldPath path) {
    for (int i = 0; i < route.match().size(); i++) {
      HttpMatchRules.check(
          route.match().get(i), service.appliesToMesh(), path.field("match").index(i), rules);
    }
    action(route, path);
    rewrite(route, path);
    rules.duration(path.field("timeout"), route.timeout(), ValueRules.NO_LIMIT);
    route.retries().ifPresent(retries -> RetryRules.check(retries, path.field("retries"), rules));
    route.fault().ifPresent(fault -> FaultRules.check(fault, path.field("fault"), rules));
    mirrors(route, path);
    route
        .corsPolicy()
        .ifPresent(cors -> CorsPolicyRules.check(cors, path.field("corsPolicy"), rules));
    HeaderRules.check(route.headers(), path.field("headers"), rules);
  }

  private void action(HttpRoute route, FieldPath path) {
    HttpRouteAction action = route.action();
    if (action instanceof HttpRouteAction.Forward forward) {
      forward(forward, path);
    } else if (action instanceof HttpRouteAction.Delegate delegate) {
      delegate(delegate, path);
    } else if (action instanceof HttpRouteAction.Redirect redirect) {
      LocalReplyRules.redirect(redirect, route, path.field("redirect"), rules);
      notForwarded("redirect", route, path);
    } else if (action instanceof HttpRouteAction.DirectResponse response) {
      LocalReplyRules.directResponse(response, path.field("directResponse"), rules);
      notForwarded("directResponse", route, path);
    }
  }

  private void forward(HttpRouteAction.Forward forward, FieldPath path) {
    List<HttpRouteDestination> destinations = forward.destinations();
    if (destinations.isEmpty()) {
      report.incomplete(
          path, "no action (expected: one of route, redirect, directResponse, delegate)");
    }
    long sum = 0;
    for (int i = 0; i < destinations.size(); i++) {
      HttpRouteDestination entry = destinations.get(i);
      FieldPath at = path.field("route").index(i);
      DestinationRules.check(entry.destination(), at.field("destination"), rules);
      rules.notNegative(at.field("weight"), Optional.of(entry.weight()));
      HeaderRules.check(entry.headers(), at.field("headers"), rules);
      sum += Math.max(0, entry.weight());
    }
    DestinationRules.weights(destinations.size(), sum, path.field("route"), rules);
  }

  private void delegate(HttpRouteAction.Delegate delegate, FieldPath path) {
    FieldPath at = path.field("delegate");
    if (service.isDelegate()) {
      report.invalid(at, "a delegate of a delegate (expected: one level; write the rules here)");
    }
    if (delegate.name().isEmpty()) {
      rules.missing(at.field("name"), "the name of a VirtualService without hosts");
    }
    FieldPath response = path.field("directResponse");
    delegate.directResponse().ifPresent(r -> LocalReplyRules.directResponse(r, response, rules));
  }

  /** What a rule that answers by itself cannot do as well. */
  private void notForwarded(String action, HttpRoute route, FieldPath path) {
    if (route.fault().isPresent()) {
      report.invalid(path.field("fault"), "together with " + action + " (expected: one of them)");
    }
    if (route.rewrite().isPresent()) {
      report.invalid(path.field("rewrite"), "together with " + action + " (expected: one of them)");
    }
  }

  private void rewrite(HttpRoute route, FieldPath path) {
    if (route.rewrite().isEmpty()) {
      return;
    }
    HttpRewrite rewrite = route.rewrite().get();
    FieldPath at = path.field("rewrite");
    if (rewrite.equals(NO_REWRITE)) {
      report.incomplete(at, "nothing (expected: one of uri, authority, uriRegexRewrite)");
    }
    if (rewrite.uri().isPresent() && rewrite.uriRegexRewrite().isPresent()) {
      report.invalid(at, "uri and uriRegexRewrite together (expected: one of them)");
    }
    rewrite
        .uriRegexRewrite()
        .ifPresent(
            regex -> {
              FieldPath regexPath = at.field("uriRegexRewrite");
              rules.regex(regexPath.field("match"), regex.match());
              if (regex.rewrite().isEmpty()) {
                rules.missing(regexPath.field("rewrite"), "the replacement");
              }
            });
    if (rewrite.authority().isPresent() && HeaderRules.rewritesHost(route.headers())) {
      report.invalid(
          at.field("authority"), "together with a Host in headers.request (expected: one of them)");
    }
  }

  /** {@code mirror} was folded into the list, and is looked for where it stands. */
  private void mirrors(HttpRoute route, FieldPath path) {
    boolean single = !report.isWritten(path.field("mirrors"));
    for (int i = 0; i < route.mirrors().size(); i++) {
      HttpMirrorPolicy mirror = route.mirrors().get(i);
      FieldPath destination =
          single ? path.field("mirror") : path.field("mirrors").index(i).field("destination");
      FieldPath share =
          single
              ? path.field(mirrorShare(path))
              : path.field("mirrors").index(i).fields("percentage", "value");
      DestinationRules.check(mirror.destination(), destination, rules);
      rules.within(share, mirror.percentage().value(), 0, 100);
    }
  }

  private String mirrorShare(FieldPath path) {
    return report.isWritten(path.field("mirrorPercentage")) ? "mirrorPercentage" : "mirrorPercent";
  }
}
