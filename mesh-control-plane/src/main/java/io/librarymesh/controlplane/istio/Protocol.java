package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is spoken on a port, with the names and the rules of Istio's protocol selection.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/">
 *     Protocol selection</a>
 */
public enum Protocol {
  /** Not said: HTTP or opaque TCP, whatever the bytes turn out to be. */
  UNSPECIFIED,
  HTTP,
  HTTP2,
  GRPC,
  GRPC_WEB,
  HTTPS,
  TLS,
  TCP,
  MONGO,
  REDIS,
  MYSQL,
  UDP;

  /** The names that a ServiceEntry may give, in the case in which Istio documents them. */
  static final List<String> NAMES =
      List.of(
          "HTTP",
          "HTTP2",
          "GRPC",
          "GRPC-Web",
          "HTTPS",
          "TLS",
          "TCP",
          "MONGO",
          "REDIS",
          "MySQL",
          "UDP");

  private static final String GRPC_WEB_NAME = "grpc-web";

  /** Ports on which the server speaks first, so that nothing can be told from the first bytes. */
  private static final Set<Integer> SERVER_FIRST_PORTS = Set.of(25, 53, 3306, 27017);

  /** The protocol of a written name, in any case; empty when the name is none of Istio's. */
  public static Optional<Protocol> byName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "http" -> Optional.of(HTTP);
      case "http2" -> Optional.of(HTTP2);
      case "grpc" -> Optional.of(GRPC);
      case GRPC_WEB_NAME -> Optional.of(GRPC_WEB);
      case "https" -> Optional.of(HTTPS);
      case "tls" -> Optional.of(TLS);
      case "tcp" -> Optional.of(TCP);
      case "mongo" -> Optional.of(MONGO);
      case "redis" -> Optional.of(REDIS);
      case "mysql" -> Optional.of(MYSQL);
      case "udp" -> Optional.of(UDP);
      default -> Optional.empty();
    };
  }

  /**
   * The protocol of a Kubernetes service port: {@code appProtocol} if there is one, even an unknown
   * one, else the port's name up to its first dash; then the ports on which servers speak first.
   *
   * @param transport Kubernetes' {@code protocol}: TCP, UDP or SCTP
   */
  static Protocol ofServicePort(
      int port, String portName, String transport, Optional<String> appProtocol) {
    if (transport.equals("UDP")) {
      return UDP;
    }
    Optional<Protocol> standard = appProtocol.flatMap(Protocol::byKubernetesName);
    if (standard.isPresent()) {
      return standard.get();
    }
    String name = appProtocol.orElse(portName);
    if (name.toLowerCase(Locale.ROOT).startsWith(GRPC_WEB_NAME)) {
      return GRPC_WEB;
    }
    int dash = name.indexOf('-');
    return byName(dash < 0 ? name : name.substring(0, dash))
        .orElse(SERVER_FIRST_PORTS.contains(port) ? TCP : UNSPECIFIED);
  }

  private static Optional<Protocol> byKubernetesName(String appProtocol) {
    return switch (appProtocol) {
      case "kubernetes.io/h2c" -> Optional.of(HTTP2);
      case "kubernetes.io/ws" -> Optional.of(HTTP);
      case "kubernetes.io/wss" -> Optional.of(HTTPS);
      default -> Optional.empty();
    };
  }

  /** Whether HTTP rules apply: plain HTTP of any version, or not said. */
  public boolean isHttp() {
    return switch (this) {
      case HTTP, HTTP2, GRPC, GRPC_WEB, UNSPECIFIED -> true;
      case HTTPS, TLS, TCP, MONGO, REDIS, MYSQL, UDP -> false;
    };
  }

  /** Whether TLS rules apply: the caller encrypts. */
  public boolean isTls() {
    return this == HTTPS || this == TLS;
  }
}
