package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Why there is no resource of a name for a client, for people who look for it.
 *
 * <p>Source: cncf/xds TP3, which has clients treat the first kind as removal and either as a fault
 * of the configuration rather than of the moment.
 *
 * @param kind what kind of reason
 * @param reason one sentence: what, and what was expected
 */
public record Absence(Kind kind, String reason) {

  /** Kinds of reasons. */
  public enum Kind {
    /** There is no such thing, or none that this client could use. */
    NOT_FOUND,
    /** There is, but the client's namespace does not see it. */
    PERMISSION_DENIED
  }

  /** Looks for the reason; the translation of the name must have had no resource. */
  public static Absence of(PushContext context, ClientView view, ResourceType type, String name) {
    ClientLookup lookup = new ClientLookup(context, view);
    boolean ofGateways = type == ResourceType.LISTENER || type == ResourceType.ROUTE;
    if (view.isRouter() && ofGateways) {
      return notFound("no Gateway for proxies with these labels has a server that leads to this");
    }
    if (type == ResourceType.LISTENER) {
      return ofListener(lookup, name);
    }
    return ClusterName.parse(name)
        .map(parsed -> ofService(lookup, type, parsed))
        .orElseGet(() -> notFound("name: " + name + " (expected: outbound|PORT|SUBSET|HOST)"));
  }

  private static Absence ofListener(ClientLookup lookup, String name) {
    if (InboundListenerTranslation.isInbound(name)) {
      return InboundListenerTranslation.absence(lookup, name);
    }
    Optional<Target.Authority> target = Target.Authority.parse(name);
    if (target.isEmpty()) {
      return notFound("name: " + name + " (expected: HOST:PORT)");
    }
    return new UnknownTarget(lookup, target.get()).absence();
  }

  private static Absence ofService(ClientLookup lookup, ResourceType type, ClusterName name) {
    if (lookup.service(name.host(), name.port()).isEmpty()) {
      return lookup.context().registry().servicesOf(name.host()).isEmpty()
          ? notFound("no service has the host " + name.host())
          : ofPort(lookup, name.host(), name.port());
    }
    Service service = lookup.service(name.host(), name.port()).get().service();
    if (service.resolution() == Service.Resolution.ALIAS) {
      return notFound(
          service.host() + " is another name of " + service.externalName().orElse("nothing"));
    }
    if (type == ResourceType.ROUTE) {
      return notFound("subset: " + name.subset() + " (expected: none, routes are of a whole port)");
    }
    return Upstream.find(lookup, name)
        .map(upstream -> ofUpstream(lookup, upstream))
        .orElseGet(
            () ->
                notFound(
                    "subset: "
                        + name.subset()
                        + " (expected: one that a DestinationRule of "
                        + service.host()
                        + " declares)"));
  }

  private static Absence ofUpstream(ClientLookup lookup, Upstream upstream) {
    if (ClientTls.of(upstream, lookup) instanceof ClientTls.Unavailable tls) {
      return notFound("its DestinationRule asks for " + tls.reason());
    }
    return switch (upstream.discovery(lookup.isGrpc())) {
      case UNSUPPORTED ->
          notFound("this client cannot look up several names, which is how it is resolved");
      case STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST ->
          notFound("the cluster itself says where its endpoints are");
      case EDS -> notFound("there is nothing of this name");
    };
  }

  /** The ports of services, each once; empty when they have none. */
  static String ports(List<Service> services) {
    return services.stream()
        .flatMap(service -> service.ports().stream())
        .map(ServicePort::number)
        .distinct()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  /** A service of the host there is; it is the port or the visibility that is amiss. */
  private static Absence ofPort(ClientLookup lookup, String host, int port) {
    List<Service> services =
        lookup.context().registry().servicesOf(host).stream()
            .map(RegisteredService::service)
            .toList();
    if (services.stream().anyMatch(service -> service.port(port).isPresent())) {
      return new Absence(
          Kind.PERMISSION_DENIED,
          "namespace: "
              + lookup.view().namespace()
              + " (expected: one that "
              + host
              + " is visible to)");
    }
    String ports = ports(services);
    return notFound(
        "port: "
            + port
            + " (expected: one that "
            + host
            + " has"
            + (ports.isEmpty() ? "" : ": " + ports)
            + ")");
  }

  static Absence notFound(String reason) {
    return new Absence(Kind.NOT_FOUND, reason);
  }
}
