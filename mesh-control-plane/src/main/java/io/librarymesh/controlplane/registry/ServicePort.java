package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.KubernetesService.TargetPort;
import io.librarymesh.controlplane.istio.Protocol;

/**
 * A port of a service.
 *
 * @param number the port in URLs
 * @param name its name; may be empty
 * @param protocol what is spoken
 * @param targetPort the workloads' port
 */
public record ServicePort(int number, String name, Protocol protocol, TargetPort targetPort) {

  /**
   * Whether {@code http} rules apply: the port is declared as some HTTP in the clear, or not
   * declared at all. A client that is a library sees requests before they are bytes, so an
   * undeclared port needs no sniffing.
   */
  public boolean isHttp() {
    return switch (protocol) {
      case HTTP, HTTP2, GRPC, GRPC_WEB, UNSPECIFIED -> true;
      case HTTPS, TLS, TCP, MONGO, REDIS, MYSQL, UDP -> false;
    };
  }

  /** Whether the port is declared to carry TLS, which the caller itself speaks. */
  public boolean isTls() {
    return protocol == Protocol.HTTPS || protocol == Protocol.TLS;
  }

  /** Whether endpoints are spoken to in HTTP/2 unless a policy says otherwise. */
  public boolean isHttp2() {
    return switch (protocol) {
      case HTTP2, GRPC, GRPC_WEB -> true;
      case UNSPECIFIED, HTTP, HTTPS, TLS, TCP, MONGO, REDIS, MYSQL, UDP -> false;
    };
  }
}
