package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.serve.ForeignProcess;
import io.librarymesh.identity.Identity;
import io.librarymesh.okhttp.MeshRoot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock Envoy with the TLS and the RBAC filter of a sidecar is called by OkHttp in the mesh. */
final class StockEnvoyServerTest {
  @TempDir Path directory;

  @TempDir Path files;

  private ForeignProcess envoy(ServedGreeter greeter, int port) throws Exception {
    Path program = ForeignProcess.installed("Envoy", "MESH_ENVOY", "envoy/envoy");
    Identity identity = greeter.root.identity("greeter");
    pem("cert.pem", "CERTIFICATE", identity.svid().leaf().getEncoded());
    pem("key.pem", "PRIVATE KEY", identity.svid().privateKey().getEncoded());
    pem("root.pem", "CERTIFICATE", greeter.root.certificate().getEncoded());
    Path config =
        Files.writeString(
            files.resolve("envoy.yaml"),
            """
            static_resources:
              listeners:
                - name: inbound
                  address: {socket_address: {address: 127.0.0.1, port_value: %1$d}}
                  filter_chains:
                    - transport_socket:
                        name: envoy.transport_sockets.tls
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                          require_client_certificate: true
                          common_tls_context:
                            alpn_protocols: [istio-peer-exchange, h2, http/1.1]
                            tls_certificates:
                              - {certificate_chain: {filename: %2$s/cert.pem}, private_key: {filename: %2$s/key.pem}}
                            validation_context: {trusted_ca: {filename: %2$s/root.pem}}
                      filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: inbound
                            route_config:
                              virtual_hosts:
                                - name: all
                                  domains: ['*']
                                  routes:
                                    - match: {prefix: /}
                                      direct_response: {status: 200, body: {inline_string: welcome}}
                            http_filters:
                              - name: envoy.filters.http.rbac
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                                  rules:
                                    action: ALLOW
                                    policies:
                                      web:
                                        permissions: [{any: true}]
                                        principals: [{authenticated: {principal_name: {exact: '%3$s'}}}]
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """
                .formatted(port, files, MeshRoot.id("web")));
    Path log = files.resolve("envoy.log");
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
        files.resolve(file),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  /** A port that nobody listens on now: Envoy cannot say which one it was given. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void takesTheAccountThatItsPolicyNamesAndNoOther() throws Exception {
    int port = freePort();
    try (ServedGreeter greeter = new ServedGreeter(directory, "http").mode("STRICT").start();
        ForeignProcess envoy = envoy(greeter, port);
        Recorder recorder = new Recorder(port)) {
      greeter.register(recorder.port());
      var web = greeter.client("web");
      ServedGreeter.await("200 welcome", () -> ServedGreeter.get(web));

      assertThat(ServedGreeter.get(greeter.client("other")))
          .as(envoy.said())
          .isEqualTo("403 RBAC: access denied");
      assertThat(recorder.toServer()).doesNotContain("HTTP/1.1");
      assertThat(recorder.toCaller()).doesNotContain("welcome");
    }
  }
}
