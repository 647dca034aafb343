package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ClientTlsSettings;
import io.librarymesh.controlplane.istio.ClientTlsSettings.Mode;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a client connects to the endpoints of a cluster, before it is put into words that the client
 * understands.
 */
sealed interface ClientTls {

  /** In plain text. */
  record None() implements ClientTls {}

  /** With TLS, to all endpoints. */
  record ToAll(ClientTlsSettings settings) implements ClientTls {}

  /** With mutual TLS of the mesh, to the endpoints that serve it. */
  record ToCapable(ClientTlsSettings settings) implements ClientTls {}

  /**
   * Not at all: in plain text would go what was meant to be secret, or to somebody who was not to
   * have it.
   *
   * @param reason what, and what was expected
   */
  record Unavailable(String reason) implements ClientTls {}

  /** What was written, else whether the endpoints of the mesh say that they serve it. */
  static ClientTls of(Upstream upstream, ClientLookup lookup) {
    Optional<ClientTlsSettings> written = upstream.policy().tls();
    if (written.isPresent()) {
      return ofRule(written.get(), upstream, lookup.view());
    }
    // Clients of gRPC take one decision for all endpoints, so Istio spares them this, too.
    if (lookup.isGrpc()
        || !lookup.view().identity()
        || !AutoMtls.isPossible(upstream, lookup.meshConfig())) {
      return new None();
    }
    ClientTlsSettings settings = ofMesh();
    if (upstream.discovery(false) != Upstream.Discovery.ORIGINAL_DST) {
      return new ToCapable(settings);
    }
    return AutoMtls.reachesAll(upstream, lookup) ? new ToAll(settings) : new None();
  }

  private static ClientTls ofRule(ClientTlsSettings tls, Upstream upstream, ClientView client) {
    return switch (tls.mode()) {
      case DISABLE -> new None();
      case ISTIO_MUTUAL -> new ToAll(tls);
      case SIMPLE, MUTUAL ->
          problem(tls, upstream, client)
              .<ClientTls>map(Unavailable::new)
              .orElseGet(() -> new ToAll(tls));
    };
  }

  private static Optional<String> problem(
      ClientTlsSettings tls, Upstream upstream, ClientView client) {
    String mode = "tls.mode: " + tls.mode();
    if (client.dialect().isGrpc()) {
      return Optional.of(mode + ", which clients of gRPC do not get (expected: ISTIO_MUTUAL)");
    }
    // Sidecars pass it over and call in plain text.
    if (tls.credentialName().isPresent()) {
      return Optional.of("tls.credentialName, of which nothing is handed out (expected: files)");
    }
    if (tls.caCrl().isPresent() && client.dialect() == Dialect.LIBRARY) {
      return Optional.of("tls.caCrl, which this client does not look at (expected: none)");
    }
    boolean nameless =
        serverName(tls, upstream).isEmpty()
            && names(tls, upstream).isEmpty()
            && !tls.insecureSkipVerify();
    return nameless
        ? Optional.of("tls of " + upstream.name().host() + " (expected: sni or subjectAltNames)")
        : Optional.empty();
  }

  private static ClientTlsSettings ofMesh() {
    return new ClientTlsSettings(
        Mode.ISTIO_MUTUAL,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        false);
  }

  /**
   * The name that is told to a server outside of the mesh. Istio takes the authority of the first
   * request of a connection where none is written; that is the host unless a rule rewrites it.
   */
  static String serverName(ClientTlsSettings tls, Upstream upstream) {
    String host = upstream.service().service().host();
    return tls.sni().orElse(host.startsWith("*") ? "" : host);
  }

  /** The names of which a certificate must have one, as they are written; may be empty. */
  static List<String> names(ClientTlsSettings tls, Upstream upstream) {
    return tls.subjectAltNames().isEmpty()
        ? upstream.service().service().subjectAltNames()
        : tls.subjectAltNames();
  }

  /**
   * The identities of which a server of the mesh must have one: those of the accounts behind the
   * service, in the domain of the mesh and its aliases, unless they are written.
   */
  static Set<String> identities(ClientTlsSettings tls, Upstream upstream, MeshConfig meshConfig) {
    if (!tls.subjectAltNames().isEmpty()) {
      return new TreeSet<>(tls.subjectAltNames());
    }
    Service service = upstream.service().service();
    Set<String> found = new TreeSet<>(service.subjectAltNames());
    for (ServicePort port : service.ports()) {
      for (ServiceEndpoint endpoint : upstream.service().endpoints(port.number())) {
        if (!endpoint.serviceAccount().isEmpty()) {
          String path = "/ns/" + endpoint.namespace() + "/sa/" + endpoint.serviceAccount();
          found.add("spiffe://" + meshConfig.trustDomain() + path);
          meshConfig
              .peerTls()
              .trustDomainAliases()
              .forEach(alias -> found.add("spiffe://" + alias.replace('@', '.') + path));
        }
      }
    }
    return found;
  }
}
