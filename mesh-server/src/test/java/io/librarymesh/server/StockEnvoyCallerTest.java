package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.controlplane.serve.ForeignProcess;
import io.librarymesh.identity.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock Envoy with the TLS of an Istio sidecar calls a STRICT port. */
final class StockEnvoyCallerTest {
  private static final String SNI = "outbound_.80_._.greeter.default.svc.cluster.local";

  @TempDir Path directory;

  private final TestRoot root = new TestRoot();

  private ForeignProcess envoy(int port, int server, Identity identity) throws Exception {
    Path program = ForeignProcess.installed("Envoy", "MESH_ENVOY", "envoy/envoy");
    pem("cert.pem", "CERTIFICATE", identity.svid().leaf().getEncoded());
    pem("key.pem", "PRIVATE KEY", identity.svid().privateKey().getEncoded());
    pem("root.pem", "CERTIFICATE", root.certificate().getEncoded());
    Path config =
        Files.writeString(
            directory.resolve("envoy.yaml"),
            """
            static_resources:
              listeners:
                - name: outbound
                  address: {socket_address: {address: 127.0.0.1, port_value: %1$d}}
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: outbound
                            route_config:
                              virtual_hosts:
                                - name: all
                                  domains: ['*']
                                  routes: [{match: {prefix: /}, route: {cluster: greeter}}]
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              clusters:
                - name: greeter
                  type: STATIC
                  connect_timeout: 5s
                  load_assignment:
                    cluster_name: greeter
                    endpoints:
                      - lb_endpoints:
                          - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}}
                  transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                      sni: %3$s
                      common_tls_context:
                        alpn_protocols: [istio-peer-exchange, istio]
                        tls_certificates:
                          - {certificate_chain: {filename: %4$s/cert.pem}, private_key: {filename: %4$s/key.pem}}
                        validation_context:
                          trusted_ca: {filename: %4$s/root.pem}
                          match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: '%5$s'}}]
            """
                .formatted(port, server, SNI, directory, TestRoot.id("greeter")));
    Path log = directory.resolve("envoy.log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-c",
                config.toString(),
                "--concurrency",
                "1",
                "--disable-hot-restart",
                "--log-level",
                "warning")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new ForeignProcess(process, log);
  }

  private void pem(String file, String kind, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  /** A port that nobody listens on now: Envoy cannot say which one it was given. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Asks until Envoy is there and the answer is as expected. */
  private static String ask(int port, ForeignProcess envoy, Predicate<String> expected)
      throws Exception {
    String last = "";
    for (int i = 0; i < 600; i++) {
      try (TestClient client = TestClient.plain(port)) {
        last = client.get("/a");
        if (expected.test(last)) {
          return last;
        }
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
      new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError(last + "; Envoy: " + envoy.said());
  }

  @Test
  void isKnownByItsIdentityAndAsksByIstiosName() throws Exception {
    int port = freePort();
    try (Greeter server =
            new Greeter(
                new TestRoot.Source(root.identity("greeter")),
                new InboundRules(
                    Mode.STRICT,
                    TestRules.engine(TestRules.allow(RbacCondition.ALWAYS, TestRules.peer("web")))),
                Greeter.LIMITS);
        ForeignProcess envoy = envoy(port, server.port(), root.identity("web"))) {
      assertThat(ask(port, envoy, answer -> answer.startsWith("HTTP/1.1 200")))
          .contains("caller=" + TestRoot.id("web") + " tls=true sni=" + SNI + " ");
      assertThat(server.listener().counts().plaintextConnections()).isZero();
    }
  }

  @Test
  void isDeniedAsAnotherAccount() throws Exception {
    int port = freePort();
    try (Greeter server =
            new Greeter(
                new TestRoot.Source(root.identity("greeter")),
                new InboundRules(
                    Mode.STRICT,
                    TestRules.engine(TestRules.allow(RbacCondition.ALWAYS, TestRules.peer("web")))),
                Greeter.LIMITS);
        ForeignProcess envoy = envoy(port, server.port(), root.identity("other"))) {
      assertThat(ask(port, envoy, answer -> answer.startsWith("HTTP/1.1 403")))
          .endsWith("RBAC: access denied");
      assertThat(server.refused(InboundRefusal.DENIED)).isEqualTo(1);
    }
  }

  @Test
  void doesNotCallAServerOfAnotherAccount() throws Exception {
    int port = freePort();
    try (Greeter server =
            new Greeter(
                new TestRoot.Source(root.identity("other")),
                TestRules.open(Mode.STRICT),
                Greeter.LIMITS);
        ForeignProcess envoy = envoy(port, server.port(), root.identity("web"))) {
      ask(port, envoy, answer -> answer.startsWith("HTTP/1.1 503"));
      // It ends the handshake itself, which the server hears of.
      Greeter.await("a count", () -> server.refused(InboundRefusal.TLS) > 0);
      assertThat(server.listener().counts().mutualTlsConnections()).isZero();
      assertThat(server.listener().counts().allowedRequests()).isZero();
    }
  }
}
