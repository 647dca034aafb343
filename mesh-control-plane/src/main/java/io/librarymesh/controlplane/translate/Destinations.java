package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import java.util.List;
import java.util.Optional;

/** Says which cluster a rule's destination is, whether or not there is such a cluster. */
final class Destinations {

  private final ClientLookup lookup;
  private final String ruleNamespace;
  private final int requestPort;

  /**
   * For the rules of one object.
   *
   * @param requestPort the port that the client called, which is that of destinations without one
   */
  Destinations(ClientLookup lookup, String ruleNamespace, int requestPort) {
    this.lookup = lookup;
    this.ruleNamespace = ruleNamespace;
    this.requestPort = requestPort;
  }

  ClusterName cluster(Destination destination) {
    String written =
        HostNames.resolve(destination.host(), ruleNamespace, lookup.meshConfig().domain());
    Optional<Service> named = lookup.service(written).map(RegisteredService::service);
    int port = destination.port().or(() -> named.flatMap(this::onlyPort)).orElse(requestPort);
    String host =
        named
            .filter(s -> s.resolution() == Service.Resolution.ALIAS)
            .flatMap(Service::externalName)
            .or(() -> named.map(Service::host))
            .orElse(written);
    return new ClusterName(port, destination.subset(), host);
  }

  /**
   * Rules of a proxy at the edge need no port where there is but one: its own port is no port of
   * the service. For callers the services of the called port are all there are.
   */
  private Optional<Integer> onlyPort(Service service) {
    return lookup.view().isRouter() && service.ports().size() == 1
        ? Optional.of(service.ports().get(0).number())
        : Optional.empty();
  }

  /** The hash policies of a destination; empty when its endpoints are chosen in another way. */
  List<RouteAction.HashPolicy> hashPolicies(ClusterName cluster) {
    return lookup
        .service(cluster.host(), cluster.port())
        .map(s -> lookup.policy(s.service(), cluster.port(), cluster.subset()))
        .flatMap(ClusterPolicy::loadBalancer)
        .flatMap(LoadBalancerSettings::consistentHash)
        .map(HashPolicyTranslation::translate)
        .orElse(List.of());
  }

  /** The destinations that get any traffic: of several, those with a weight. */
  static List<HttpRouteDestination> live(List<HttpRouteDestination> destinations) {
    return destinations.size() == 1
        ? destinations
        : destinations.stream().filter(d -> d.weight() > 0).toList();
  }
}
