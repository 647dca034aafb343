package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Protocol;
import io.librarymesh.controlplane.istio.Sidecar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a Sidecar imports for calls to one port, or to all ports that have no entry of their own.
 *
 * <p>A service is imported when an entry names its namespace and its host is the entry's or is
 * covered by it. Rules are imported when there is any name that one of their hosts and the entry
 * have in common, and then with all their hosts.
 *
 * <p>Source: Istio {@code hostClassification}, {@code SelectVirtualServices}.
 *
 * @param port the port; {@link #ALL_PORTS} for all the others; that of a socket nobody calls
 * @param onlyPort whether of an imported service nothing but this port is imported
 * @param protocol what is spoken on the port, in place of what the service says
 * @param imports hosts by namespace, {@code *} being every namespace
 */
record EgressListener(
    int port, boolean onlyPort, Optional<Protocol> protocol, Map<String, Hosts> imports) {

  /** The port of the entry for all ports that have none of their own. */
  static final int ALL_PORTS = 0;

  private static final int SOCKET = -1;
  private static final String EVERY_NAMESPACE = "*";

  /** Everything, whatever the port. */
  static final EgressListener EVERYTHING =
      new EgressListener(
          ALL_PORTS, false, Optional.empty(), Map.of(EVERY_NAMESPACE, Hosts.of(List.of("*"))));

  /** Copies the map. */
  EgressListener {
    imports = Map.copyOf(imports);
  }

  /**
   * One entry of a Sidecar.
   *
   * @param namespace the clients' namespace, which a dot stands for
   */
  static EgressListener of(Sidecar.Egress egress, String namespace) {
    Map<String, List<String>> hosts = new HashMap<>();
    for (String entry : egress.hosts()) {
      int slash = entry.indexOf('/');
      String where = entry.substring(0, slash);
      hosts
          .computeIfAbsent(where.equals(".") ? namespace : where, w -> new ArrayList<>())
          .add(entry.substring(slash + 1).toLowerCase(Locale.ROOT));
    }
    Map<String, Hosts> imports = new HashMap<>();
    hosts.forEach((where, names) -> imports.put(where, Hosts.of(names)));
    int port = egress.port().map(EgressListener::port).orElse(ALL_PORTS);
    // What callers reach by a socket or through a proxy may have any port.
    boolean onlyPort = port > 0 && egress.port().filter(Sidecar.Port::httpProxy).isEmpty();
    return new EgressListener(
        port,
        onlyPort,
        egress.port().map(Sidecar.Port::protocol).filter(p -> p != Protocol.UNSPECIFIED),
        imports);
  }

  private static int port(Sidecar.Port port) {
    return port.number() == 0 ? SOCKET : port.number();
  }

  /** Whether a service is imported, as far as this depends on its host. */
  boolean importsService(String namespace, String host) {
    return in(namespace).importsService(host) || in(EVERY_NAMESPACE).importsService(host);
  }

  /**
   * Whether rules are imported.
   *
   * @param hosts complete and lower-case
   * @param onlyWhole whether an entry has to cover a host, as it has to that of a service
   */
  boolean importsRules(String namespace, List<String> hosts, boolean onlyWhole) {
    Hosts here = in(namespace);
    Hosts everywhere = in(EVERY_NAMESPACE);
    return hosts.stream()
        .anyMatch(
            host ->
                onlyWhole
                    ? here.importsService(host) || everywhere.importsService(host)
                    : here.importsRule(host) || everywhere.importsRule(host));
  }

  /** Whether of a service that is imported this port is. */
  boolean importsPort(int number) {
    return !onlyPort || number == port;
  }

  private Hosts in(String namespace) {
    return imports.getOrDefault(namespace, Hosts.NONE);
  }

  /**
   * Hosts of one namespace, lower-case.
   *
   * @param exact those without a wildcard
   */
  record Hosts(Set<String> exact, List<String> wildcards) {
    private static final Hosts NONE = new Hosts(Set.of(), List.of());

    static Hosts of(List<String> hosts) {
      Set<String> exact = new HashSet<>(hosts);
      exact.removeIf(HostNames::isWildcard);
      return new Hosts(
          Set.copyOf(exact), hosts.stream().filter(HostNames::isWildcard).distinct().toList());
    }

    private boolean importsService(String host) {
      return exact.contains(host)
          || wildcards.stream().anyMatch(wildcard -> HostNames.covers(wildcard, host));
    }

    private boolean importsRule(String host) {
      return importsService(host)
          || (HostNames.isWildcard(host)
              && (exact.stream().anyMatch(name -> HostNames.covers(host, name))
                  || wildcards.stream().anyMatch(name -> HostNames.covers(host, name))));
    }
  }
}
