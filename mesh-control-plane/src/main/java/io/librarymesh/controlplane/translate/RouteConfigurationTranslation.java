package io.librarymesh.controlplane.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.controlplane.istio.Sidecar.OutboundPolicy;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.route.v3.DirectResponseAction;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster;
import java.util.List;
import java.util.Optional;

/**
 * RouteConfigurations by name. Each has one virtual host, which answers to every authority: the
 * Listener that refers to it was already found by one.
 */
final class RouteConfigurationTranslation {

  static final String ALLOW_ANY = "allow_any";
  static final String BLOCK_ALL = "block_all";

  private static final int BLOCKED_STATUS = 502;
  private static final String UNKNOWN = "no service declares this host and port";
  private static final String BLOCKED = ", and the outbound traffic policy is REGISTRY_ONLY";

  /** What Istio allows; Envoy's own limit is 4 KiB. */
  private static final int MAX_DIRECT_RESPONSE_BYTES = 1 << 20;

  private static final String DEFAULT_ROUTE = "default";

  private final ClientLookup lookup;

  RouteConfigurationTranslation(ClientLookup lookup) {
    this.lookup = lookup;
  }

  Optional<RouteConfiguration> translate(String name) {
    if (name.equals(ALLOW_ANY) || name.equals(BLOCK_ALL)) {
      return lookup.isGrpc() ? Optional.empty() : Optional.of(fallThrough(name));
    }
    return ClusterName.parse(name)
        .filter(parsed -> parsed.subset().isEmpty())
        .flatMap(parsed -> configuration(name, parsed));
  }

  private Optional<RouteConfiguration> configuration(String name, ClusterName parsed) {
    List<Route> routes = routes(parsed);
    return routes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            configuration(
                name,
                lookup.isGrpc() ? GrpcRoutes.adapt(routes) : routes,
                resiliencePolicy(parsed)));
  }

  /** Clients that could not carry it out, and what is not HTTP, are spared it. */
  private Optional<Struct> resiliencePolicy(ClusterName name) {
    boolean opaque =
        lookup
            .called(name.host(), name.port())
            .flatMap(s -> s.service().port(name.port()))
            .map(lookup::spoken)
            .filter(port -> !port.isHttp())
            .isPresent();
    return opaque || lookup.isGrpc()
        ? Optional.empty()
        : ResiliencePolicyTranslation.translate(lookup, name.host(), name.port());
  }

  private List<Route> routes(ClusterName name) {
    Optional<RegisteredService> service =
        lookup
            .called(name.host(), name.port())
            .filter(s -> s.service().resolution() != Service.Resolution.ALIAS);
    return service.map(s -> ofService(s.service(), name.port())).orElseGet(() -> ofRules(name));
  }

  private List<Route> ofService(Service service, int number) {
    ServicePort port = lookup.spoken(service.port(number).orElseThrow());
    if (!port.isHttp()) {
      return List.of(opaque(service, port, lookup.virtualServicesFor(service.host(), number)));
    }
    List<VirtualService> rules = lookup.httpVirtualServicesFor(service, number);
    return RouteSelection.first(rules, number, lookup.view())
        .map(selection -> RouteTranslation.translate(lookup, selection, number))
        .orElseGet(() -> List.of(defaultRoute(service, number)));
  }

  /** A host that only rules name. */
  private List<Route> ofRules(ClusterName name) {
    List<VirtualService> rules = lookup.virtualServicesWith(name.host(), name.port());
    return RouteSelection.first(rules, name.port(), lookup.view())
        .map(selection -> RouteTranslation.translate(lookup, selection, name.port()))
        .orElse(List.of());
  }

  private Route defaultRoute(Service service, int port) {
    ClusterName cluster = new ClusterName(port, "", service.host());
    RouteAction.Builder action = forwardHttp().setCluster(cluster.toString());
    // Unlike a rule's, this one avoids previous hosts even when it hashes.
    RetryTranslation.translate(
            Optional.empty(), false, lookup.meshConfig(), lookup.view().dialect())
        .ifPresent(action::setRetryPolicy);
    action.addAllHashPolicy(
        new Destinations(lookup, service.namespace(), port).hashPolicies(cluster));
    return route(DEFAULT_ROUTE, action);
  }

  /** Where a sidecar sees no HTTP, nothing of HTTP is done: no match, timeout, retry or fault. */
  private Route opaque(Service service, ServicePort port, List<VirtualService> rules) {
    Optional<OpaqueRouteSelection> selection =
        port.isTls()
            ? OpaqueRouteSelection.tls(rules, service.host(), port.number(), lookup.view())
            : OpaqueRouteSelection.tcp(rules, port.number(), lookup.view());
    if (selection.isEmpty()) {
      ClusterName cluster = new ClusterName(port.number(), "", service.host());
      return route(DEFAULT_ROUTE, forward().setCluster(cluster.toString()));
    }
    Destinations destinations =
        new Destinations(lookup, selection.get().owner().metadata().namespace(), port.number());
    List<RouteDestination> all = selection.get().destinations();
    if (all.size() == 1) {
      Destination only = all.get(0).destination();
      return route("", forward().setCluster(destinations.cluster(only).toString()));
    }
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    all.stream()
        .filter(d -> d.weight() > 0)
        .forEach(
            d ->
                clusters.addClusters(
                    WeightedCluster.ClusterWeight.newBuilder()
                        .setName(destinations.cluster(d.destination()).toString())
                        .setWeight(UInt32Value.of(d.weight()))));
    return route("", forward().setWeightedClusters(clusters));
  }

  private RouteConfiguration fallThrough(String name) {
    Route.Builder route = Route.newBuilder().setName(name).setMatch(MatchTranslation.ANYTHING);
    lookup
        .view()
        .egress()
        .sidecar()
        .ifPresent(sidecar -> route.setMetadata(Origin.ofUnknown(sidecar)));
    if (name.equals(BLOCK_ALL)) {
      route.setDirectResponse(
          DirectResponseAction.newBuilder()
              .setStatus(BLOCKED_STATUS)
              .setBody(DataSource.newBuilder().setInlineString(blockedText())));
    } else {
      route.setRoute(forwardHttp().setCluster(ofUnknown()));
    }
    return configuration(name, List.of(route.build()), Optional.empty());
  }

  private String blockedText() {
    return lookup
        .view()
        .egress()
        .sidecar()
        .map(sidecar -> UNKNOWN + ", or " + sidecar.id() + " does not import it" + BLOCKED)
        .orElse(UNKNOWN + BLOCKED);
  }

  /** Where calls to unknown hosts go: to the proxy that the Sidecar names, or where they would. */
  private String ofUnknown() {
    return lookup
        .view()
        .egress()
        .outboundPolicy()
        .flatMap(OutboundPolicy::egressProxy)
        .map(proxy -> new Destinations(lookup, lookup.view().namespace(), 0).cluster(proxy))
        .map(ClusterName::toString)
        .orElse(ClusterTranslation.PASSTHROUGH);
  }

  /** Requests of gRPC bound themselves. */
  private RouteAction.Builder forwardHttp() {
    return lookup.isGrpc() ? forward() : forward().setMaxGrpcTimeout(Duration.getDefaultInstance());
  }

  private static RouteAction.Builder forward() {
    return RouteAction.newBuilder().setTimeout(Duration.getDefaultInstance());
  }

  private static Route route(String name, RouteAction.Builder action) {
    return Route.newBuilder()
        .setName(name)
        .setMatch(MatchTranslation.ANYTHING)
        .setRoute(action)
        .build();
  }

  private static RouteConfiguration configuration(
      String name, List<Route> routes, Optional<Struct> policy) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName(name)
            .addDomains("*")
            .addAllRoutes(routes)
            .setIncludeRequestAttemptCount(true);
    policy.ifPresent(
        struct ->
            host.setMetadata(
                Metadata.newBuilder().putFilterMetadata(Packing.OWN_METADATA, struct)));
    return named(name).addVirtualHosts(host).build();
  }

  /** One without virtual hosts yet. */
  static RouteConfiguration.Builder named(String name) {
    return RouteConfiguration.newBuilder()
        .setName(name)
        .setMaxDirectResponseBodySizeBytes(UInt32Value.of(MAX_DIRECT_RESPONSE_BYTES));
  }
}
