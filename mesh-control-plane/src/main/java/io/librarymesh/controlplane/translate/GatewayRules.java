package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendKind;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendRef;
import io.librarymesh.controlplane.istio.GatewayRoute.Filter;
import io.librarymesh.controlplane.istio.GatewayRoute.PathModifier;
import io.librarymesh.controlplane.istio.GatewayRoute.RequestRedirect;
import io.librarymesh.controlplane.istio.GatewayRoute.Rule;
import io.librarymesh.controlplane.istio.GatewayRoute.UrlRewrite;
import io.librarymesh.controlplane.istio.Headers;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.HttpRewrite;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules of one route of the Kubernetes Gateway API, as rules of a VirtualService: one for each
 * match.
 *
 * <p>Source: Istio {@code convertHTTPRoute}, {@code convertGRPCRoute}.
 */
final class GatewayRules {
  /** What Istio tries again where a route says anything about it. */
  private static final List<String> RETRY_ON =
      List.of("connect-failure", "refused-stream", "unavailable", "cancelled");

  private static final HttpRouteAction NO_BACKEND =
      new HttpRouteAction.DirectResponse(500, Optional.empty());

  /** A host that nobody has: of this top level there never will be one (RFC 2606). */
  static final String NOBODY = "unknown-backend.invalid";

  private final GatewayRoute route;
  private final String domain;

  GatewayRules(GatewayRoute route, String domain) {
    this.route = route;
    this.domain = domain;
  }

  /** In file order. */
  List<HttpRoute> rules() {
    List<HttpRoute> all = new ArrayList<>();
    for (int i = 0; i < route.rules().size(); i++) {
      HttpRoute rule = rule(route.rules().get(i), i);
      if (rule.match().isEmpty()) {
        all.add(rule);
      }
      rule.match().forEach(match -> all.add(withMatch(rule, match)));
    }
    return all;
  }

  private HttpRoute rule(Rule rule, int index) {
    String place = route.metadata().namespace() + "." + route.metadata().name() + "." + index;
    return new HttpRoute(
        rule.position(),
        rule.name().isEmpty() ? place : rule.name(),
        rule.matches(),
        action(rule),
        filter(rule, UrlRewrite.class).flatMap(GatewayRules::rewrite),
        timeout(rule),
        retries(rule),
        Optional.empty(),
        mirrors(rule),
        Optional.empty(),
        headers(rule.filters()));
  }

  /** The same rule for one of its matches. */
  static HttpRoute withMatch(HttpRoute rule, HttpMatchRequest match) {
    return new HttpRoute(
        rule.position(),
        rule.name(),
        List.of(match),
        rule.action(),
        rule.rewrite(),
        rule.timeout(),
        rule.retries(),
        rule.fault(),
        rule.mirrors(),
        rule.corsPolicy(),
        rule.headers());
  }

  private HttpRouteAction action(Rule rule) {
    Optional<RequestRedirect> redirect = filter(rule, RequestRedirect.class);
    if (redirect.isPresent()) {
      return redirect(redirect.get());
    }
    List<HttpRouteDestination> live =
        rule.backendRefs().stream()
            .filter(backend -> backend.weight() > 0)
            .map(
                backend ->
                    new HttpRouteDestination(
                        backend.position(),
                        destination(backend),
                        backend.weight(),
                        headers(backend.filters())))
            .toList();
    return live.isEmpty() ? NO_BACKEND : new HttpRouteAction.Forward(live);
  }

  private Destination destination(BackendRef backend) {
    String host =
        switch (backend.kind()) {
          case SERVICE -> backend.name() + "." + backend.namespace() + ".svc." + domain;
          case HOSTNAME -> backend.name();
          case OTHER -> NOBODY;
        };
    return new Destination(backend.position(), host, "", backend.port());
  }

  /** Where no port is written, that of the request is kept, except beside a scheme. */
  private static HttpRouteAction redirect(RequestRedirect redirect) {
    Optional<HttpRouteAction.RedirectPortSelection> derived =
        redirect.port().isPresent()
            ? Optional.empty()
            : Optional.of(
                redirect.scheme().isPresent()
                    ? HttpRouteAction.RedirectPortSelection.FROM_PROTOCOL_DEFAULT
                    : HttpRouteAction.RedirectPortSelection.FROM_REQUEST_PORT);
    return new HttpRouteAction.Redirect(
        redirect.path().filter(path -> !path.prefix()).map(PathModifier::replacement),
        redirect.path().filter(PathModifier::prefix).map(GatewayRules::prefix),
        redirect.hostname(),
        redirect.scheme(),
        redirect.port(),
        derived,
        redirect.statusCode());
  }

  private static Optional<HttpRewrite> rewrite(UrlRewrite rewrite) {
    Optional<String> prefix = rewrite.path().filter(PathModifier::prefix).map(GatewayRules::prefix);
    Optional<HttpRewrite.RegexRewrite> whole =
        rewrite
            .path()
            .filter(path -> !path.prefix())
            .map(path -> new HttpRewrite.RegexRewrite("/.*", literal(path.replacement())));
    return prefix.isEmpty() && whole.isEmpty() && rewrite.hostname().isEmpty()
        ? Optional.empty()
        : Optional.of(new HttpRewrite(prefix, rewrite.hostname(), whole));
  }

  /** A slash at the end says nothing; what is left of nothing is the root. */
  private static String prefix(PathModifier path) {
    String written = path.replacement();
    String trimmed = written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
    return trimmed.isEmpty() ? "/" : trimmed;
  }

  /** A backslash would name a group. */
  private static String literal(String replacement) {
    return replacement.replace("\\", "\\\\");
  }

  private static Optional<Duration> timeout(Rule rule) {
    Optional<Duration> whole = rule.timeout().filter(timeout -> !timeout.isZero());
    return rule.retry().isPresent() ? whole : oneTry(rule).or(() -> whole);
  }

  private static Optional<Duration> oneTry(Rule rule) {
    return rule.backendTimeout().filter(timeout -> !timeout.isZero());
  }

  private static Optional<HttpRetry> retries(Rule rule) {
    return rule.retry()
        .map(
            retry -> {
              boolean off = retry.attempts() == 0;
              List<String> conditions =
                  Stream.concat(RETRY_ON.stream(), retry.codes().stream().map(String::valueOf))
                      .toList();
              return new HttpRetry(
                  retry.attempts(),
                  oneTry(rule),
                  off ? List.of() : conditions,
                  Optional.empty(),
                  Optional.empty(),
                  retry.backoff());
            });
  }

  private List<HttpMirrorPolicy> mirrors(Rule rule) {
    return rule.filters().stream()
        .filter(GatewayRoute.RequestMirror.class::isInstance)
        .map(GatewayRoute.RequestMirror.class::cast)
        .filter(mirror -> mirror.backend().kind() != BackendKind.OTHER)
        .map(
            mirror ->
                new HttpMirrorPolicy(destination(mirror.backend()), mirror.percentage(), false))
        .toList();
  }

  private static Headers headers(List<Filter> filters) {
    Headers.Operations request = Headers.Operations.NONE;
    Headers.Operations response = Headers.Operations.NONE;
    for (Filter filter : filters) {
      if (filter instanceof GatewayRoute.RequestHeaderModifier modifier) {
        request = modifier.operations();
      } else if (filter instanceof GatewayRoute.ResponseHeaderModifier modifier) {
        response = modifier.operations();
      }
    }
    return new Headers(request, response);
  }

  private static <F extends Filter> Optional<F> filter(Rule rule, Class<F> type) {
    return rule.filters().stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
