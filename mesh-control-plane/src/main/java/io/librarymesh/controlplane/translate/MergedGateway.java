package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.Protocol;
import io.librarymesh.controlplane.istio.ServerTlsSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * The servers of several Gateways as one proxy listens for them. On one address there are either
 * plain HTTP servers, which share their routes; or TLS servers, told apart by the server name; or
 * one server of opaque bytes. The oldest Gateway is the first to say which.
 *
 * <p>Source: Istio {@code mergeGateways}.
 *
 * @param listeners what is listened on
 * @param refusals servers that have no place beside those before them
 */
record MergedGateway(List<Listening> listeners, List<Refusal> refusals) {

  private static final String ALL_ADDRESSES = "0.0.0.0";

  /**
   * A server with the Gateway that it stands in.
   *
   * @param port the port that is listened on, which may be another than that of the Gateway
   */
  record Server(Gateway gateway, Gateway.Server spec, int port) {

    /** The name of its routes; empty where there are none, since requests are not looked at. */
    String routeName() {
      if (!spec.isHttp()) {
        return "";
      }
      String bind = spec.bind().isEmpty() ? "" : "." + spec.bind();
      if (!spec.isTls()) {
        return "http." + port + bind;
      }
      return String.join(
              ".",
              "https",
              String.valueOf(spec.port().number()),
              spec.port().name(),
              gateway.metadata().name(),
              gateway.metadata().namespace())
          + bind;
    }

    /** The hosts that rules of a namespace may be for, lower-case. */
    List<String> hosts(String rulesNamespace) {
      return spec.hosts().stream()
          .filter(host -> isFor(host, rulesNamespace))
          .map(Server::name)
          .distinct()
          .toList();
    }

    private boolean isFor(String host, String rulesNamespace) {
      int slash = host.indexOf('/');
      String written = slash < 0 ? "*" : host.substring(0, slash);
      String namespace = written.equals(".") ? gateway.metadata().namespace() : written;
      return namespace.equals("*") || namespace.equals(rulesNamespace);
    }

    /** Its hosts whoever has rules for them, lower-case. */
    List<String> names() {
      return spec.hosts().stream().map(Server::name).distinct().toList();
    }

    private static String name(String host) {
      return host.substring(host.indexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    private Kind kind() {
      return spec.isTls() ? Kind.TLS : spec.isHttp() ? Kind.HTTP : Kind.TCP;
    }
  }

  /** What servers of one address have in common. */
  private enum Kind {
    HTTP,
    TLS,
    TCP
  }

  /**
   * An address with its servers.
   *
   * @param name of the listener
   * @param bind an IP address, or {@code unix:///path}
   * @param port 0 for a socket
   * @param servers at least one, those of the oldest Gateway first
   */
  record Listening(String name, String bind, int port, List<Server> servers) {

    boolean isPlainHttp() {
      return servers.get(0).kind() == Kind.HTTP;
    }
  }

  /** A server that is passed over, and the reason. */
  record Refusal(Server server, String reason) {}

  /**
   * Puts servers together.
   *
   * @param gateways those for one proxy, the oldest first
   * @param listenedAt from a port of a Gateway to the one that the proxy listens on
   */
  static MergedGateway of(List<Gateway> gateways, IntUnaryOperator listenedAt) {
    Map<String, Listening> listeners = new LinkedHashMap<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Gateway gateway : gateways) {
      for (Gateway.Server spec : gateway.servers()) {
        if (isServed(spec)) {
          int number = spec.port().number();
          Server server =
              new Server(gateway, spec, number == 0 ? 0 : listenedAt.applyAsInt(number));
          String bind = spec.bind().isEmpty() ? ALL_ADDRESSES : spec.bind();
          String name = bind + "_" + server.port();
          Listening listening =
              listeners.getOrDefault(name, new Listening(name, bind, server.port(), List.of()));
          Optional<String> conflict = conflict(listening.servers(), server);
          conflict.ifPresent(reason -> refusals.add(new Refusal(server, reason)));
          if (conflict.isEmpty()) {
            listeners.put(name, with(listening, server));
          }
        }
      }
    }
    return new MergedGateway(List.copyOf(listeners.values()), List.copyOf(refusals));
  }

  /** Of the others the reader has said that they are not in force. */
  private static boolean isServed(Gateway.Server server) {
    boolean possible =
        server
            .tls()
            .filter(tls -> server.isTls())
            .map(
                tls ->
                    !tls.needsSecrets()
                        && tls.mode() != ServerTlsSettings.Mode.ISTIO_MUTUAL
                        && tls.mode() != ServerTlsSettings.Mode.AUTO_PASSTHROUGH)
            .orElse(true);
    return possible && server.port().protocol() != Protocol.UDP;
  }

  private static Listening with(Listening listening, Server server) {
    List<Server> servers = new ArrayList<>(listening.servers());
    servers.add(server);
    return new Listening(
        listening.name(), listening.bind(), listening.port(), List.copyOf(servers));
  }

  private static Optional<String> conflict(List<Server> before, Server server) {
    if (server.kind() == Kind.TLS) {
      Optional<String> partial =
          server.names().stream().filter(MergedGateway::isPartialWildcard).findFirst();
      if (partial.isPresent()) {
        return Optional.of(
            partial.get() + " is no server name that can be matched (expected: whole labels)");
      }
    }
    if (before.isEmpty()) {
      return Optional.empty();
    }
    Server first = before.get(0);
    if (first.kind() != server.kind() || server.kind() == Kind.TCP) {
      return Optional.of(
          "port "
              + server.port()
              + " is one of "
              + first.spec().port().protocol()
              + " by the Gateway "
              + first.gateway().fullName());
    }
    return server.kind() == Kind.TLS ? duplicate(before, server) : Optional.empty();
  }

  private static Optional<String> duplicate(List<Server> before, Server server) {
    for (Server other : before) {
      Set<String> taken = new HashSet<>(other.names());
      taken.retainAll(server.names());
      if (!taken.isEmpty()) {
        return Optional.of(
            taken.iterator().next()
                + " on port "
                + server.port()
                + " is taken by the Gateway "
                + other.gateway().fullName());
      }
    }
    return Optional.empty();
  }

  /** Such as {@code *-a.example.com}: Envoy matches server names by whole labels. */
  static boolean isPartialWildcard(String host) {
    return HostNames.isWildcard(host) && !host.equals("*") && !host.startsWith("*.");
  }

  /** What is listened on under a name. */
  Optional<Listening> listening(String name) {
    return listeners.stream().filter(listening -> listening.name().equals(name)).findFirst();
  }

  /** The servers that share routes of a name. */
  List<Server> serversOf(String routeName) {
    return listeners.stream()
        .flatMap(listening -> listening.servers().stream())
        .filter(server -> server.routeName().equals(routeName))
        .toList();
  }
}
