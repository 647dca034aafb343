package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads a Gateway of Istio. */
final class GatewayBinder {
  private static final Gateway.Port NO_PORT = new Gateway.Port(0, "", Protocol.UNSPECIFIED);

  private GatewayBinder() {}

  static Gateway bind(Fields document, Metadata metadata, Fields spec) {
    return new Gateway(
        document.position(),
        metadata,
        spec.textMap("selector"),
        spec.messages("servers", GatewayBinder::server));
  }

  private static Gateway.Server server(Fields server) {
    if (server.has("defaultEndpoint")) {
      server.warn("defaultEndpoint", "Istio declares this field and never looks at it; no effect");
    }
    Optional<Gateway.Port> port = server.message("port", GatewayBinder::port);
    if (port.isEmpty() && !server.has("port")) {
      server.refuse("no port (expected: port with number, name and protocol)");
    }
    return new Gateway.Server(
        server.position(),
        server.textOrEmpty("name"),
        port.orElse(NO_PORT),
        server.textOrEmpty("bind"),
        server.texts("hosts"),
        server.message("tls", ServerTlsBinder::bind));
  }

  private static Gateway.Port port(Fields port) {
    Optional<String> written = port.text("protocol");
    Optional<Protocol> protocol = written.flatMap(Protocol::byName);
    if (written.isEmpty()) {
      port.refuse("no protocol (expected: one of " + String.join(", ", Protocol.NAMES) + ")");
    } else if (protocol.isEmpty()) {
      port.refuse(
          "protocol",
          "expected one of "
              + String.join(", ", Protocol.NAMES)
              + ", found "
              + Quoting.quote(written.get())
              + Spelling.hint(written.get(), Protocol.NAMES));
    }
    if (port.port("targetPort").filter(target -> target > 0).isPresent()) {
      port.refuse(
          "targetPort",
          "a port of a Gateway has no target (expected: not written; that of a Service that selects"
              + " the proxy counts)");
    }
    return new Gateway.Port(
        port.port("number").orElse(0),
        port.textOrEmpty("name"),
        protocol.orElse(Protocol.UNSPECIFIED));
  }
}
