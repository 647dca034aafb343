package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Spelling;
import io.librarymesh.controlplane.registry.IpAddresses;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.translate.Absence.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a {@code host:port} is nobody's for a client, for whoever calls it: the ports that the
 * service has, the namespaces that have one of this name, or a name that was probably meant.
 *
 * <p>What it says of a service follows that service. A name that is near is only a guess, made when
 * the target is translated: another one that comes later does not change it.
 */
final class UnknownTarget {
  /** Services whose names are compared; more would cost more than a guess is worth. */
  private static final int COMPARED = 1_000;

  private static final int NAMED = 3;

  private final ClientLookup lookup;
  private final Target.Authority authority;
  private final String host;

  UnknownTarget(ClientLookup lookup, Target.Authority authority) {
    this.lookup = lookup;
    this.authority = authority;
    this.host = authority.host();
  }

  Absence absence() {
    return spellings()
        .map(this::servicesOf)
        .filter(services -> !services.isEmpty())
        .findFirst()
        .map(this::ofServices)
        .orElseGet(() -> new Absence(Kind.NOT_FOUND, elsewhere().orElseGet(this::nobody)));
  }

  private Stream<String> spellings() {
    String domain = lookup.meshConfig().domain();
    return Stream.of(
        host,
        host + "." + lookup.view().namespace() + ".svc." + domain,
        host + ".svc." + domain,
        host + "." + domain);
  }

  private List<Service> servicesOf(String full) {
    lookup.consult(full);
    return lookup.context().registry().servicesOf(full).stream()
        .map(RegisteredService::service)
        .toList();
  }

  /** There are services of the host; it is the port or the visibility that is amiss. */
  private Absence ofServices(List<Service> services) {
    String full = services.get(0).host();
    String namespace = lookup.view().namespace();
    List<Service> withPort =
        services.stream().filter(s -> s.port(authority.port()).isPresent()).toList();
    if (withPort.isEmpty()) {
      return new Absence(Kind.NOT_FOUND, "no service " + host + withPort() + has(services));
    }
    boolean visible = withPort.stream().anyMatch(service -> service.isVisibleTo(namespace));
    String reason =
        lookup
            .view()
            .egress()
            .sidecar()
            .filter(sidecar -> visible)
            .map(sidecar -> sidecar.id() + " does not import " + full)
            .orElse("namespace: " + namespace + " (expected: one that " + full + " is visible to)");
    return new Absence(Kind.PERMISSION_DENIED, reason);
  }

  private String withPort() {
    return " with port " + authority.port() + " in namespace " + lookup.view().namespace();
  }

  private static String has(List<Service> services) {
    String ports = Absence.ports(services);
    return ports.isEmpty() ? "; it has none" : "; it has " + ports;
  }

  /** Services of this short name in other namespaces. */
  private Optional<String> elsewhere() {
    if (host.indexOf('.') >= 0) {
      return Optional.empty();
    }
    String name = host + ".";
    List<Service> others =
        visible()
            .filter(Service::isKubernetes)
            .filter(service -> service.host().toLowerCase(Locale.ROOT).startsWith(name))
            .limit(NAMED)
            .toList();
    others.forEach(service -> lookup.consult(service.host()));
    String named =
        others.stream()
            .map(service -> host + "." + service.namespace())
            .distinct()
            .collect(Collectors.joining(", "));
    return named.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "no service "
                + host
                + " in namespace "
                + lookup.view().namespace()
                + "; there is "
                + named);
  }

  private String nobody() {
    return "no service and no rule has the host " + host + near();
  }

  private String near() {
    if (IpAddresses.isLiteral(host)) {
      return "";
    }
    List<String> names =
        visible().filter(s -> !s.host().startsWith("*")).limit(COMPARED).map(this::name).toList();
    return Spelling.nearest(host, names)
        .map(
            name -> {
              lookup.consult(name);
              return "; did you mean " + name + "?";
            })
        .orElse("");
  }

  /** As the client would write it. */
  private String name(Service service) {
    boolean own = service.namespace().equals(lookup.view().namespace());
    return service.isKubernetes() && own && host.indexOf('.') < 0
        ? service.declaredBy().name()
        : service.host();
  }

  private Stream<Service> visible() {
    return lookup
        .context()
        .registry()
        .services()
        .map(RegisteredService::service)
        .filter(service -> service.isVisibleTo(lookup.view().namespace()));
  }
}
