package io.librarymesh.controlplane.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A control plane over a directory, services on loopback, and an Envoy at the edge with the
 * bootstrap of {@code docs/gateways.md}.
 */
final class Edge implements AutoCloseable {

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path program;
  private final Path directory;
  private final Path config;
  private final ControlPlane controlPlane;
  private final List<Upstream> upstreams = new ArrayList<>();
  private final List<EnvoyProcess> envoys = new ArrayList<>();

  /** The port that the Gateways' Service leads to. */
  final int port;

  Edge(Path directory) throws IOException {
    this.program = EnvoyProcess.program();
    this.directory = directory;
    this.config = Files.createDirectory(directory.resolve("config"));
    this.port = freePort();
    this.controlPlane =
        ControlPlane.builder(DirectoryStore.open(config))
            .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .loadReportInterval(Duration.ofSeconds(1))
            .registrationGrace(Duration.ZERO)
            .build();
    controlPlane.start();
  }

  /** A port that nobody listens on now: Envoy cannot say which one it was given. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The blocks of YAML of the page about gateways: the rules, the bootstrap, an Ingress. */
  static List<String> page() throws IOException {
    Path page = Path.of("..", "docs", "gateways.md");
    Matcher blocks = YAML.matcher(Files.readString(page));
    List<String> all = new ArrayList<>();
    while (blocks.find()) {
      all.add(blocks.group(1));
    }
    return all;
  }

  Path directory() {
    return directory;
  }

  /** Puts a file in force, in the place of the one of that name. */
  void write(String file, String yaml) throws IOException {
    Path written = Files.writeString(config.resolve(file + ".tmp"), yaml);
    Files.move(
        written,
        config.resolve(file),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  /** Starts a version of a service of namespace default, and declares where it is. */
  void service(String name, int port, String version) throws IOException {
    Upstream upstream = Upstream.start(name + "-" + version);
    upstreams.add(upstream);
    declare(name, port, "http", version, upstream);
  }

  void tlsService(String name, int port, Certificate certificate) throws Exception {
    Upstream upstream = Upstream.startTls(name, certificate.server());
    upstreams.add(upstream);
    declare(name, port, "tls", "v1", upstream);
  }

  private void declare(String name, int port, String protocol, String version, Upstream upstream)
      throws IOException {
    write(
        "service-" + name + ".yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {selector: {app: %1$s}, ports: [{name: %2$s, port: %3$d}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: %1$s}
        spec:
          host: %1$s
          subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
        """
            .formatted(name, protocol, port));
    write(
        "workload-" + name + "-" + version + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: %1$s-%2$s}
        spec:
          address: 127.0.0.1
          labels: {app: %1$s, version: %2$s}
          ports: {%3$s: %4$d}
        """
            .formatted(name, version, protocol, upstream.port()));
  }

  /** Declares that port 80 of a Gateway is {@link #port}, and port 443 another one. */
  void front(int httpsPort) throws IOException {
    write(
        "front.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: ingressgateway, namespace: istio-system}
        spec:
          selector: {istio: ingressgateway}
          ports:
            - {name: http, port: 80, targetPort: %d}
            - {name: https, port: 443, targetPort: %d}
        """
            .formatted(port, httpsPort));
  }

  /** Starts Envoy with an edit of the page's bootstrap. */
  void envoy(String... replacements) throws IOException {
    String bootstrap =
        page().get(1).replace("port_value: 15010", "port_value: " + controlPlane.port());
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(bootstrap).contains(replacements[i]);
      bootstrap = bootstrap.replace(replacements[i], replacements[i + 1]);
    }
    envoys.add(EnvoyProcess.start(program, bootstrap, directory));
  }

  /**
   * Starts Envoy as a caller: a listener of its bootstrap, whose routes are asked for by name. It
   * reports its load.
   */
  void caller(String routes) throws IOException {
    String bootstrap =
        """
        node: {id: caller, cluster: caller}
        cluster_manager:
          load_stats_config:
            api_type: GRPC
            transport_api_version: V3
            grpc_services: [{envoy_grpc: {cluster_name: control-plane}}]
        dynamic_resources:
          ads_config:
            api_type: DELTA_GRPC
            transport_api_version: V3
            grpc_services: [{envoy_grpc: {cluster_name: control-plane}}]
          cds_config: {ads: {}, resource_api_version: V3}
        static_resources:
          listeners:
            - name: outbound
              address: {socket_address: {address: 127.0.0.1, port_value: %d}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: outbound
                        rds: {route_config_name: '%s', config_source: {ads: {}, resource_api_version: V3}}
                        http_filters:
                          - name: envoy.filters.http.fault
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault}
                          - name: envoy.filters.http.router
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
            - name: control-plane
              type: STATIC
              connect_timeout: 1s
              typed_extension_protocol_options:
                envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                  explicit_http_config: {http2_protocol_options: {}}
              load_assignment:
                cluster_name: control-plane
                endpoints:
                  - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
        """
            .formatted(port, routes, controlPlane.port());
    envoys.add(EnvoyProcess.start(program, bootstrap, directory));
  }

  /** Asks again until the answer is as expected; what fails until then is not an answer. */
  Answer await(String what, Callable<Answer> request, Predicate<Answer> expected) {
    long start = System.nanoTime();
    String last = "";
    while (System.nanoTime() - start < PATIENCE_NANOS) {
      try {
        Answer answer = request.call();
        if (expected.test(answer)) {
          return answer;
        }
        last = answer.toString();
      } catch (Exception notYet) {
        last = notYet.toString();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    throw new AssertionError(
        what
            + ": not within 30 s, the last was "
            + last
            + "\n"
            + envoys.get(0).log()
            + "\n"
            + controlPlane.status().findings());
  }

  Answer await(String what, Callable<Answer> request, int status) {
    return await(what, request, answer -> answer.status() == status);
  }

  /** What clients reported. */
  String loads() throws IOException {
    URI page = URI.create("http://127.0.0.1:" + controlPlane.httpPort() + "/debug/loads");
    try (InputStream answer = page.toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The responses that clients refused. */
  long refusals() {
    return controlPlane.status().refusals();
  }

  @Override
  public void close() {
    envoys.forEach(EnvoyProcess::close);
    controlPlane.close();
    upstreams.forEach(Upstream::close);
  }
}
