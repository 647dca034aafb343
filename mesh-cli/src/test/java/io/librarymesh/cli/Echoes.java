package io.librarymesh.cli;

import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Upstreams on loopback, and the YAML that makes them the service {@code echo.test}. */
final class Echoes implements AutoCloseable {
  static final EchoServer.Behaviour WELL = new EchoServer.Behaviour(200, 503, 0, 0, Duration.ZERO);

  private final Map<EchoServer, String> versions = new LinkedHashMap<>();
  private final List<XdsConfigSource> registrations = new ArrayList<>();
  private final StringBuilder endpoints = new StringBuilder();

  EchoServer add(String version, EchoServer.Behaviour behaviour) throws IOException {
    EchoServer server =
        EchoServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            behaviour,
            Map.of("version", version));
    versions.put(server, version);
    endpoints.append(
        """
            - address: 127.0.0.1
              ports:
                http: %d
              labels:
                version: %s
        """
            .formatted(server.address().getPort(), version));
    return server;
  }

  /** Declares the service and its endpoints in a directory. */
  void declare(Path directory) throws IOException {
    declare(
        directory,
        """
          resolution: STATIC
          endpoints:
        """
            + endpoints);
  }

  /** Declares the service in a directory; its workloads are those that register with its label. */
  static void declareForRegistration(Path directory) throws IOException {
    declare(
        directory,
        """
          resolution: STATIC
          workloadSelector:
            labels: {app: echo}
        """);
  }

  /** Registers all upstreams with the control plane on a port. */
  void register(int port) {
    versions.forEach(
        (server, version) ->
            registrations.add(
                XdsConfigSource.builder(
                        Node.of("echo-" + version)
                            .withLabels(Map.of("app", "echo", "version", version)))
                    .server("127.0.0.1:" + port)
                    .registration(Registration.of("127.0.0.1", server.address().getPort()))
                    .build()));
  }

  private static void declare(Path directory, String workloads) throws IOException {
    Files.writeString(
        directory.resolve("service.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata:
          name: echo
        spec:
          hosts:
            - echo.test
          ports:
            - number: 80
              name: http
              protocol: HTTP
          location: MESH_INTERNAL
        """
            + workloads);
    Files.writeString(
        directory.resolve("subsets.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: echo
        spec:
          host: echo.test
          subsets:
            - name: v1
              labels: {version: v1}
            - name: v2
              labels: {version: v2}
        """);
  }

  /**
   * Writes the http rules of {@code echo.test}; each line of {@code rules} is indented as in the
   * file.
   */
  static void rules(Path directory, String rules) throws IOException {
    Files.writeString(
        directory.resolve("rules.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: echo
        spec:
          hosts:
            - echo.test
          http:
        """
            + rules);
  }

  static String split(int v1, int v2) {
    return """
        - route:
            - destination: {host: echo.test, subset: v1}
              weight: %d
            - destination: {host: echo.test, subset: v2}
              weight: %d
    """
        .formatted(v1, v2);
  }

  @Override
  public void close() {
    registrations.forEach(XdsConfigSource::close);
    versions.keySet().forEach(EchoServer::close);
  }
}
