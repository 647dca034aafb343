package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.istio.Headers;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRewrite;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.core.v3.RuntimeFractionalPercent;
import io.librarymesh.proto.envoy.config.route.v3.HedgePolicy;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.ClusterNotFoundResponseCode;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of one VirtualService that apply to a client, as Envoy's routes. */
final class RouteTranslation {

  private static final String RETRY_ANY_METHOD = "retry_any_method";
  private static final Duration NO_TIMEOUT = Duration.getDefaultInstance();

  private final ClientLookup lookup;
  private final VirtualService owner;
  private final int port;
  private final String scheme;
  private final Destinations destinations;

  private RouteTranslation(ClientLookup lookup, VirtualService owner, int port, boolean tls) {
    this.lookup = lookup;
    this.owner = owner;
    this.port = port;
    this.scheme = tls ? "https" : "http";
    this.destinations = new Destinations(lookup, owner.metadata().namespace(), port);
  }

  /**
   * The routes, in order.
   *
   * @param port the port that the client calls
   */
  static List<Route> translate(ClientLookup lookup, RouteSelection selection, int port) {
    return translate(lookup, selection, port, false);
  }

  /**
   * The same where TLS may have been ended before.
   *
   * @param tls whether it was
   */
  static List<Route> translate(
      ClientLookup lookup, RouteSelection selection, int port, boolean tls) {
    RouteTranslation translation = new RouteTranslation(lookup, selection.owner(), port, tls);
    return selection.routes().stream().map(translation::route).toList();
  }

  private Route route(RouteSelection.Candidate candidate) {
    HttpRoute rule = candidate.rule();
    Route.Builder route =
        Route.newBuilder()
            .setName(candidate.name())
            .setMatch(
                candidate
                    .match()
                    .map(MatchTranslation::translate)
                    .orElse(MatchTranslation.ANYTHING))
            .setMetadata(metadata(candidate));
    candidate.match().ifPresent(match -> route.setStatPrefix(match.statPrefix()));
    addHeaders(route, rule.headers());
    rule.fault()
        .flatMap(FaultTranslation::translate)
        .ifPresent(
            fault -> route.putTypedPerFilterConfig(FaultTranslation.FILTER, Packing.pack(fault)));
    if (lookup.view().isRouter()) {
      // Callers leave preflights to those who answer.
      rule.corsPolicy()
          .map(CorsTranslation::translate)
          .ifPresent(
              cors -> route.putTypedPerFilterConfig(CorsTranslation.FILTER, Packing.pack(cors)));
    }
    setAction(route, rule);
    return route.build();
  }

  private Metadata metadata(RouteSelection.Candidate candidate) {
    String config =
        "/apis/networking.istio.io/v1/namespaces/"
            + owner.metadata().namespace()
            + "/virtual-service/"
            + owner.metadata().name();
    return Metadata.newBuilder()
        .putFilterMetadata("istio", Packing.struct(Map.of("config", config)))
        .putFilterMetadata(Packing.OWN_METADATA, own(candidate))
        .build();
  }

  /** What only clients of this project read. */
  private Struct own(RouteSelection.Candidate candidate) {
    Struct origin = Origin.struct(Origin.of(candidate.rule().position()));
    if (lookup.isGrpc() || !RetryTranslation.forAnyMethod(owner, candidate)) {
      return origin;
    }
    return origin.toBuilder()
        .putFields(RETRY_ANY_METHOD, Value.newBuilder().setBoolValue(true).build())
        .build();
  }

  private void setAction(Route.Builder route, HttpRoute rule) {
    HttpRouteAction action = rule.action();
    if (action instanceof HttpRouteAction.Forward forward) {
      setForward(route, rule, forward);
    } else if (action instanceof HttpRouteAction.Redirect redirect) {
      route.setRedirect(redirect(redirect, route.getMatch()));
    } else if (action instanceof HttpRouteAction.DirectResponse response) {
      route.setDirectResponse(RedirectTranslation.directResponse(response));
    }
  }

  private RedirectAction redirect(HttpRouteAction.Redirect redirect, RouteMatch match) {
    RedirectAction action = RedirectTranslation.redirect(redirect, port, scheme);
    if (owner.isOfGatewayApi()) {
      action = RedirectTranslation.toPortOfScheme(action, port, scheme);
    }
    if (!owner.isOfGatewayApi() || redirect.prefixRewrite().isEmpty()) {
      return action;
    }
    RedirectAction.Builder bySegments = action.toBuilder().clearPathRewriteSpecifier();
    GatewayPaths.redirect(bySegments, redirect.prefixRewrite().get(), match);
    return bySegments.build();
  }

  private void setForward(Route.Builder route, HttpRoute rule, HttpRouteAction.Forward forward) {
    RouteAction.Builder action = RouteAction.newBuilder();
    boolean weighted = forward.destinations().size() > 1;
    List<HttpRouteDestination> live = Destinations.live(forward.destinations());
    Optional<String> authority =
        rule.rewrite()
            .flatMap(HttpRewrite::authority)
            .or(() -> HeaderOperations.authority(rule.headers().request()));
    List<RouteAction.HashPolicy> hashPolicies = new ArrayList<>();
    live.forEach(
        d -> hashPolicies.addAll(destinations.hashPolicies(destinations.cluster(d.destination()))));
    if (weighted) {
      action.setWeightedClusters(weightedClusters(live, authority.isEmpty()));
    } else {
      HttpRouteDestination only = live.get(0);
      ClusterName cluster = destinations.cluster(only.destination());
      action.setCluster(cluster.toString());
      setSession(route, cluster);
      addHeaders(route, only.headers());
      authority = authority.or(() -> HeaderOperations.authority(only.headers().request()));
    }
    authority.ifPresent(action::setHostRewriteLiteral);
    rule.rewrite().ifPresent(rewrite -> setPathRewrite(action, rewrite, route.getMatch()));
    if (owner.isOfGatewayApi()) {
      action.setClusterNotFoundResponseCode(ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR);
    }
    setTimeout(action, rule);
    RetryTranslation.translate(
            rule.retries(),
            !weighted && !hashPolicies.isEmpty(),
            lookup.meshConfig(),
            lookup.view().dialect())
        .ifPresent(policy -> setRetries(action, policy));
    rule.mirrors().stream()
        .filter(mirror -> mirror.percentage().perMillion() > 0)
        .forEach(mirror -> action.addRequestMirrorPolicies(mirror(mirror)));
    route.setRoute(action.addAllHashPolicy(hashPolicies));
  }

  /** A listener for many services cannot hold the session of each; the routes do. */
  private void setSession(Route.Builder route, ClusterName cluster) {
    if (lookup.view().isRouter()) {
      lookup
          .service(cluster.host(), cluster.port())
          .flatMap(found -> found.service().session())
          .map(SessionTranslation::perRoute)
          .ifPresent(
              session ->
                  route.putTypedPerFilterConfig(SessionTranslation.FILTER, Packing.pack(session)));
    }
  }

  private void setRetries(RouteAction.Builder action, RetryPolicy policy) {
    action.setRetryPolicy(policy);
    if (RetryTranslation.hedges(owner, policy)) {
      action.setHedgePolicy(HedgePolicy.newBuilder().setHedgeOnPerTryTimeout(true));
    }
  }

  private WeightedCluster weightedClusters(List<HttpRouteDestination> live, boolean rewriteHost) {
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    for (HttpRouteDestination destination : live) {
      Headers headers = destination.headers();
      WeightedCluster.ClusterWeight.Builder cluster =
          WeightedCluster.ClusterWeight.newBuilder()
              .setName(destinations.cluster(destination.destination()).toString())
              .setWeight(UInt32Value.of(destination.weight()))
              .addAllRequestHeadersToAdd(HeaderOperations.additions(headers.request()))
              .addAllRequestHeadersToRemove(HeaderOperations.removals(headers.request()))
              .addAllResponseHeadersToAdd(HeaderOperations.additions(headers.response()))
              .addAllResponseHeadersToRemove(HeaderOperations.removals(headers.response()));
      if (rewriteHost) {
        HeaderOperations.authority(headers.request()).ifPresent(cluster::setHostRewriteLiteral);
      }
      clusters.addClusters(cluster);
    }
    return clusters.build();
  }

  private static void addHeaders(Route.Builder route, Headers headers) {
    route
        .addAllRequestHeadersToAdd(HeaderOperations.additions(headers.request()))
        .addAllRequestHeadersToRemove(HeaderOperations.removals(headers.request()))
        .addAllResponseHeadersToAdd(HeaderOperations.additions(headers.response()))
        .addAllResponseHeadersToRemove(HeaderOperations.removals(headers.response()));
  }

  private void setPathRewrite(RouteAction.Builder action, HttpRewrite rewrite, RouteMatch match) {
    if (owner.isOfGatewayApi()) {
      rewrite.uri().ifPresent(uri -> GatewayPaths.rewrite(action, uri, match));
    } else {
      rewrite.uri().ifPresent(action::setPrefixRewrite);
    }
    rewrite
        .uriRegexRewrite()
        .ifPresent(
            regex ->
                action.setRegexRewrite(
                    RegexMatchAndSubstitute.newBuilder()
                        .setPattern(RegexMatcher.newBuilder().setRegex(regex.match()))
                        .setSubstitution(regex.rewrite())));
  }

  /**
   * Without a timeout there is none; silence would mean Envoy's 15 seconds. It also caps what gRPC
   * requests ask for themselves.
   */
  private void setTimeout(RouteAction.Builder action, HttpRoute rule) {
    Duration timeout = rule.timeout().map(Packing::duration).orElse(NO_TIMEOUT);
    action.setTimeout(timeout);
    if (!lookup.isGrpc()) {
      action.setMaxGrpcTimeout(timeout);
    } else if (rule.timeout().isPresent()) {
      action.setMaxStreamDuration(
          RouteAction.MaxStreamDuration.newBuilder()
              .setMaxStreamDuration(Packing.duration(rule.timeout().get())));
    }
  }

  private RouteAction.RequestMirrorPolicy mirror(HttpMirrorPolicy mirror) {
    return RouteAction.RequestMirrorPolicy.newBuilder()
        .setCluster(destinations.cluster(mirror.destination()).toString())
        .setRuntimeFraction(
            RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(FaultTranslation.fraction(mirror.percentage())))
        .setTraceSampled(BoolValue.of(false))
        .setDisableShadowHostSuffixAppend(true)
        .build();
  }
}
