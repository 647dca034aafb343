package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.IpAddresses;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds what a {@code host:port} means for a client.
 *
 * <p>A sidecar has one table of domains for each port and looks the Host header up in it. This is
 * the same search without the table: a real host before an alternative spelling of one, a whole
 * name before a wildcard, a long wildcard before a short one.
 */
final class TargetResolution {

  /** The only port on which rules attach to hosts that are in no registry. */
  private static final int LITERAL_PORT = 80;

  private final ClientLookup lookup;

  TargetResolution(ClientLookup lookup) {
    this.lookup = lookup;
  }

  Target resolve(Target.Authority authority) {
    String host = authority.host();
    int port = authority.port();
    Optional<RegisteredService> exact = concrete(host, port);
    if (exact.isPresent()) {
      return Target.of(exact.get(), port);
    }
    if (port == LITERAL_PORT && hasRules(host)) {
      return new Target.OfRules(host);
    }
    Optional<RegisteredService> named =
        spellings(host).stream()
            .flatMap(full -> concrete(full, port).stream())
            .filter(s -> s.service().isKubernetes())
            .findFirst()
            .or(() -> alias(host, port));
    if (named.isPresent()) {
      return Target.of(named.get(), port);
    }
    if (IpAddresses.isLiteral(host)) {
      return lookup
          .calledByAddress(host, port)
          .map(s -> Target.of(s, port))
          .orElseGet(Target.Unknown::new);
    }
    return podOfHeadless(host, port).or(() -> wildcard(host, port)).orElseGet(Target.Unknown::new);
  }

  /** The full names of Kubernetes services that a client may mean by a name that is not full. */
  private List<String> spellings(String host) {
    String domain = lookup.meshConfig().domain();
    String[] labels = host.split("\\.", -1);
    return switch (labels.length) {
      case 1 -> List.of(host + "." + lookup.view().namespace() + ".svc." + domain);
      case 2 -> List.of(host + ".svc." + domain);
      case 3 -> labels[2].equals("svc") ? List.of(host + "." + domain) : List.of();
      default -> List.of();
    };
  }

  /** An ExternalName service is another name of the service it names, on that one's ports. */
  private Optional<RegisteredService> alias(String host, int port) {
    return Stream.concat(Stream.of(host), spellings(host).stream())
        .flatMap(name -> lookup.calledAtAnyPort(name, port).stream())
        .filter(s -> s.service().resolution() == Service.Resolution.ALIAS)
        .flatMap(s -> s.service().externalName().stream())
        .flatMap(name -> concrete(name, port).stream())
        .findFirst();
  }

  private Optional<RegisteredService> concrete(String host, int port) {
    return lookup
        .called(host, port)
        .filter(s -> s.service().resolution() != Service.Resolution.ALIAS);
  }

  /** {@code pod-0.kafka.default.svc.cluster.local} and its shorter spellings. */
  private Optional<Target> podOfHeadless(String host, int port) {
    int dot = host.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String parent = host.substring(dot + 1);
    return Stream.concat(Stream.of(parent), spellings(parent).stream())
        .flatMap(name -> lookup.called(name, port).stream())
        .filter(s -> s.service().isHeadless())
        .map(s -> Target.of(s, port))
        .findFirst();
  }

  /** The longest wildcard, of a service with the port or of rules that attach to no service. */
  private Optional<Target> wildcard(String host, int port) {
    Stream<String> ofRules =
        port == LITERAL_PORT
            ? lookup.context().virtualServices().wildcardHosts().stream()
            : Stream.empty();
    return Stream.concat(lookup.context().registry().wildcardHosts().stream(), ofRules)
        .filter(wildcard -> HostNames.covers(wildcard, host))
        .sorted(HostNames.MOST_SPECIFIC_FIRST)
        .flatMap(wildcard -> atWildcard(wildcard, port).stream())
        .findFirst();
  }

  private Optional<Target> atWildcard(String wildcard, int port) {
    Optional<Target> service = lookup.called(wildcard, port).map(s -> Target.of(s, port));
    boolean literal =
        service.isEmpty() && port == LITERAL_PORT && !coversService(wildcard) && hasRules(wildcard);
    return literal ? Optional.of(new Target.OfRules(wildcard)) : service;
  }

  private boolean coversService(String wildcard) {
    lookup.consult(wildcard);
    return lookup.called(LITERAL_PORT).anyMatch(s -> HostNames.covers(wildcard, s.host()));
  }

  private boolean hasRules(String host) {
    return RouteSelection.first(
            lookup.virtualServicesWith(host, LITERAL_PORT), LITERAL_PORT, lookup.view())
        .isPresent();
  }
}
