package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What there is for a client that asks for everything: the names for which a wildcard subscription
 * stands. As in a sidecar these are the outbound clusters of every service that the client's
 * namespace sees, those of its subsets among them, and a listener for every host that can be
 * called.
 *
 * <p>Every name belongs to one host, so that a change costs what it touches.
 *
 * <p>Differs from Istio: a sidecar's listeners stand for ports and hold the hosts in their routes;
 * those here are named by what a client calls, as for named subscriptions. A stock Envoy is given
 * none of these, since it can use none; at the edge it is given those of its Gateways.
 */
public final class Catalogue {

  /** Under this stands what belongs to no host. */
  private static final String NO_HOST = "";

  /** On no other port do rules attach to hosts that are in no registry. */
  private static final int LITERAL_PORT = 80;

  private Catalogue() {}

  /** Hosts under which there may be names, lower-case, wildcards included. */
  public static Set<String> hosts(PushContext context) {
    Set<String> hosts = new LinkedHashSet<>();
    hosts.add(NO_HOST);
    hosts.add(GatewayIndex.SERVERS);
    hosts.addAll(context.registry().hosts());
    hosts.addAll(context.virtualServices().hosts());
    return hosts;
  }

  /**
   * The names of one host, in the order of its ports.
   *
   * @param type the type; only listeners and clusters know wildcard subscriptions
   * @param host one of {@link #hosts}, or one that was
   */
  public static List<String> names(
      PushContext context, ClientView view, ResourceType type, String host) {
    ClientLookup lookup = new ClientLookup(context, view);
    return switch (type) {
      case CLUSTER -> clusters(lookup, host);
      case LISTENER -> view.isRouter() ? servers(lookup, host) : listeners(lookup, host);
      case ROUTE, ENDPOINT -> List.of();
    };
  }

  private static List<String> clusters(ClientLookup lookup, String host) {
    if (host.equals(NO_HOST)) {
      return lookup.isGrpc() ? List.of() : List.of(ClusterTranslation.PASSTHROUGH);
    }
    List<String> names = new ArrayList<>();
    for (int port : ports(lookup, host).toArray()) {
      lookup
          .service(host, port)
          .ifPresent(found -> addClusters(lookup, found.service(), port, names));
    }
    return names;
  }

  private static void addClusters(
      ClientLookup lookup, Service service, int port, List<String> names) {
    Stream<String> declared =
        lookup.destinationRule(service).stream()
            .flatMap(rule -> rule.subsets().stream())
            .map(Subset::name);
    Stream.concat(Stream.of(""), declared)
        .map(subset -> new ClusterName(port, subset, service.host()))
        .filter(name -> isUsable(lookup, name))
        .forEach(name -> names.add(name.toString()));
  }

  private static boolean isUsable(ClientLookup lookup, ClusterName name) {
    return Upstream.find(lookup, name)
        .filter(found -> found.discovery(lookup.isGrpc()) != Upstream.Discovery.UNSUPPORTED)
        .isPresent();
  }

  private static List<String> servers(ClientLookup lookup, String host) {
    return host.equals(GatewayIndex.SERVERS)
        ? lookup.mergedGateway().listeners().stream().map(MergedGateway.Listening::name).toList()
        : List.of();
  }

  private static List<String> listeners(ClientLookup lookup, String host) {
    boolean envoy = lookup.view().dialect() == Dialect.ENVOY;
    if (envoy || host.equals(NO_HOST) || HostNames.isWildcard(host)) {
      return List.of(); // Nobody calls these.
    }
    TargetResolution resolution = new TargetResolution(lookup);
    return IntStream.concat(ports(lookup, host), IntStream.of(LITERAL_PORT))
        .distinct()
        .mapToObj(port -> new Target.Authority(host, port))
        .filter(authority -> leadsTo(resolution.resolve(authority), host))
        .map(Catalogue::text)
        .toList();
  }

  private static boolean leadsTo(Target target, String host) {
    if (target instanceof Target.OfService service) {
      return service.service().host().equalsIgnoreCase(host);
    }
    return target instanceof Target.OfRules rules && rules.host().equals(host);
  }

  private static String text(Target.Authority authority) {
    return HostNames.inAuthority(authority.host()) + ":" + authority.port();
  }

  private static IntStream ports(ClientLookup lookup, String host) {
    Stream<RegisteredService> all = lookup.context().registry().servicesOf(host).stream();
    return all.flatMap(service -> service.service().ports().stream())
        .mapToInt(ServicePort::number)
        .distinct();
  }
}
