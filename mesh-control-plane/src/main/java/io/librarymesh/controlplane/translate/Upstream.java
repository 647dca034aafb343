package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.registry.IpAddresses;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Optional;

/**
 * What a cluster's name leads to.
 *
 * @param name the cluster's name
 * @param service the service
 * @param port the service port
 * @param subset the subset that the name asks for; absent for the whole service
 * @param policy the policy in force
 * @param meshLocality the mesh's preference of places, where neither policy nor service has one
 */
record Upstream(
    ClusterName name,
    RegisteredService service,
    ServicePort port,
    Optional<Subset> subset,
    ClusterPolicy policy,
    Optional<LocalityLbSetting> meshLocality) {

  /** How endpoints reach the client. */
  enum Discovery {
    /** As a resource of their own. */
    EDS,
    /** As DNS names in the cluster, all addresses of which are used. */
    STRICT_DNS,
    /** As a DNS name in the cluster, one address of which is used at a time. */
    LOGICAL_DNS,
    /** Not at all: the client connects to what the URL says. */
    ORIGINAL_DST,
    /** This client cannot use such a cluster. */
    UNSUPPORTED
  }

  /** Empty when there is no such service or port, or its rule declares no such subset. */
  static Optional<Upstream> find(ClientLookup lookup, ClusterName name) {
    Optional<RegisteredService> found = lookup.service(name.host(), name.port());
    if (found.isEmpty() || found.get().service().resolution() == Service.Resolution.ALIAS) {
      return Optional.empty();
    }
    Service service = found.get().service();
    Optional<MergedDestinationRule> rule = lookup.destinationRule(service);
    Optional<Subset> subset = rule.flatMap(r -> r.subset(name.subset()));
    if (!name.subset().isEmpty()
        && (subset.isEmpty() || service.resolution() == Service.Resolution.DYNAMIC_DNS)) {
      return Optional.empty();
    }
    ServicePort port = service.port(name.port()).orElseThrow();
    return Optional.of(
        new Upstream(
            name,
            found.get(),
            port,
            subset,
            policy(lookup, rule, port, subset),
            lookup.meshConfig().localityLbSetting()));
  }

  private static ClusterPolicy policy(
      ClientLookup lookup,
      Optional<MergedDestinationRule> rule,
      ServicePort port,
      Optional<Subset> subset) {
    ClusterPolicy policy =
        ClusterPolicy.of(lookup.meshConfig().defaultTrafficPolicy(), rule, port.number(), subset);
    return port.isHttp() ? policy : policy.ofConnections();
  }

  /**
   * How endpoints reach the client.
   *
   * @param grpc whether the client is one of gRPC, which knows EDS and single names
   */
  Discovery discovery(boolean grpc) {
    if (grpc) {
      return forGrpc();
    }
    if (isPassthrough()) {
      return Discovery.ORIGINAL_DST;
    }
    return switch (service.service().resolution()) {
      case STATIC -> Discovery.EDS;
      case DNS -> Discovery.STRICT_DNS;
      case DNS_ROUND_ROBIN -> Discovery.LOGICAL_DNS;
      case DYNAMIC_DNS, PASSTHROUGH -> Discovery.ORIGINAL_DST;
      case ALIAS -> Discovery.UNSUPPORTED;
    };
  }

  /** What gRPC looks up is a single name; addresses need no looking up, whatever is said of it. */
  private Discovery forGrpc() {
    List<String> addresses =
        service.endpoints(name.port()).stream()
            .filter(
                endpoint ->
                    subset.isEmpty()
                        || endpoint
                            .labels()
                            .entrySet()
                            .containsAll(subset.get().labels().entrySet()))
            .map(ServiceEndpoint::address)
            .toList();
    return switch (service.service().resolution()) {
      case STATIC -> Discovery.EDS;
      case DNS, DNS_ROUND_ROBIN -> {
        if (addresses.stream().allMatch(IpAddresses::isLiteral)) {
          yield Discovery.EDS;
        }
        yield addresses.size() == 1 ? Discovery.LOGICAL_DNS : Discovery.UNSUPPORTED;
      }
      case PASSTHROUGH -> service.service().isHeadless() ? Discovery.EDS : Discovery.UNSUPPORTED;
      case DYNAMIC_DNS, ALIAS -> Discovery.UNSUPPORTED;
    };
  }

  private boolean isPassthrough() {
    return policy
        .loadBalancer()
        .flatMap(LoadBalancerSettings::simple)
        .filter(LoadBalancerSettings.Simple.PASSTHROUGH::equals)
        .isPresent();
  }
}
