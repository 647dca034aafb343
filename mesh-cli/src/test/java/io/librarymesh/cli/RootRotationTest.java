package io.librarymesh.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.Mesh;
import io.librarymesh.controlplane.AuthoritySettings;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.ca.AuthorityDirectory;
import io.librarymesh.controlplane.ca.JoinTokens;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.identity.RenewedIdentitySource;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.server.InboundCounts;
import io.librarymesh.server.InboundListener;
import io.librarymesh.server.InboundPeers;
import io.librarymesh.server.InboundPolicyView;
import io.librarymesh.server.InboundRefusal;
import io.librarymesh.server.MeshHttpFilter;
import io.librarymesh.xds.CertificateAuthorityClient;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The root of a mesh is replaced, as {@code meshctl ca rotate} does it, while calls go on. */
final class RootRotationTest {
  private static final TrustDomain DOMAIN = new TrustDomain("cluster.local");
  private static final Duration LIFETIME = Duration.ofSeconds(8);

  @TempDir Path directory;

  private final String name = "rotation-" + UUID.randomUUID();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final InboundCounts counts = new InboundCounts();
  private int securePort;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void start() throws IOException {
    Path mesh = Files.createDirectory(directory.resolve("mesh"));
    Files.writeString(
        mesh.resolve("mesh.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter}
        spec:
          selector: {app: greeter}
          ports: [{name: http, port: 80, targetPort: 8080}]
        ---
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: greeter}
        spec: {selector: {matchLabels: {app: greeter}}, mtls: {mode: STRICT}}
        """);
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(mesh))
            .inProcess(name)
            .authority(AuthoritySettings.of(directory.resolve("ca")).withAddress(anyPort()))
            .build();
    open.add(0, controlPlane);
    controlPlane.start();
    securePort = controlPlane.securePort();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private RenewedIdentitySource joined(String account) throws Exception {
    Path folder = directory.resolve("ca");
    SpiffeId id = SpiffeId.ofServiceAccount(DOMAIN, "default", account);
    String token =
        new JoinTokens(new AuthorityDirectory(folder), Instant::now)
            .issue(id, Duration.ofMinutes(5));
    String roots = IdentityFiles.text(folder.resolve("root-cert.pem"));
    CertificateAuthorityClient authority =
        CertificateAuthorityClient.of(
            "127.0.0.1:" + securePort,
            PinnedTls.of(Pem.certificates("roots", roots)),
            () -> Optional.of(token));
    RenewedIdentitySource source =
        RenewedIdentitySource.start(authority, Optional.of(id), LIFETIME);
    authority.present(source);
    open.add(0, source);
    await("an identity of " + account, () -> source.current().isPresent());
    return source;
  }

  private Mesh mesh(XdsConfigSource source, RenewedIdentitySource identity) {
    Mesh mesh = Mesh.builder(source).identity(identity).build();
    open.add(0, mesh);
    return mesh;
  }

  private XdsConfigSource source(Node node) {
    return XdsConfigSource.builder(node)
        .server("embedded", () -> InProcessChannelBuilder.forName(name).build())
        .build();
  }

  private void serve(RenewedIdentitySource identity) throws IOException {
    XdsConfigSource source =
        source(
            Node.of("greeter")
                .withServiceAccount("greeter")
                .withLabels(Map.of("app", "greeter", "security.istio.io/tlsMode", "istio")));
    Mesh mesh = mesh(source, identity);
    AtomicReference<InboundPolicyView> rules = new AtomicReference<>(Optional::empty);
    InboundPolicyView view = () -> requireNonNull(rules.get()).current();
    InboundPeers peers = new InboundPeers();
    HttpServer application = HttpServer.create(anyPort(), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    application.setExecutor(threads);
    application
        .createContext("/", RootRotationTest::answer)
        .getFilters()
        .add(MeshHttpFilter.behind(peers, view, counts));
    application.start();
    open.add(threads::shutdownNow);
    open.add(0, () -> application.stop(0));
    InboundListener listener =
        InboundListener.builder(view, application.getAddress())
            .identity(identity)
            .peers(peers)
            .counts(counts)
            .start(anyPort());
    open.add(0, listener::closeNow);
    rules.set(InboundPolicyView.of(mesh.inbound(listener.port())));
    Registration.Port port = new Registration.Port(listener.port(), "", Optional.of(8080));
    source.register(new Registration("127.0.0.1", List.of(port), true));
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static int get(OkHttpClient client) throws IOException {
    Request request =
        new Request.Builder().url("http://greeter.default.svc.cluster.local/x").build();
    try (Response response = client.newCall(request).execute()) {
      return response.code();
    }
  }

  private static Set<X509Certificate> roots(RenewedIdentitySource source) {
    return source.current().orElseThrow().bundles().of(DOMAIN).orElseThrow().authorities();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 1200; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      new CountDownLatch(1).await(25, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("not in time: " + what);
  }

  private static void awaitRoots(int count, RenewedIdentitySource... sources)
      throws InterruptedException {
    for (RenewedIdentitySource source : sources) {
      await(count + " roots", () -> roots(source).size() == count);
    }
  }

  private static void awaitRenewal(RenewedIdentitySource... sources) throws InterruptedException {
    for (RenewedIdentitySource source : sources) {
      Identity before = source.current().orElseThrow();
      await("a renewal", () -> !source.current().orElseThrow().equals(before));
    }
  }

  @Test
  void noCallFailsWhileTheRootIsReplaced() throws Exception {
    start();
    RenewedIdentitySource greeter = joined("greeter");
    RenewedIdentitySource web = joined("web");
    serve(greeter);
    Mesh mesh = mesh(source(Node.of("web").withServiceAccount("web")), web);
    OkHttpClient client =
        new OkHttpClient.Builder().addInterceptor(MeshInterceptor.of(mesh)).build();
    open.add(() -> client.dispatcher().executorService().shutdown());
    await("the first answer", () -> answers(client));

    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    open.add(threads::shutdownNow);
    List<Future<?>> callers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      callers.add(
          threads.submit(
              () -> {
                while (!done.get()) {
                  assertThat(get(client)).isEqualTo(204);
                  answered.incrementAndGet();
                  new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
                }
                return null;
              }));
    }
    Set<X509Certificate> old = roots(web);
    AuthorityDirectory folder = new AuthorityDirectory(directory.resolve("ca"));
    folder.announce(DOMAIN);
    awaitRoots(2, greeter, web);
    folder.promote();
    awaitRenewal(greeter, web);
    // What was signed before the step has ended by then.
    awaitRenewal(greeter, web);
    folder.settle(Duration.ZERO);
    awaitRoots(1, greeter, web);
    int after = answered.get();
    await("answers under the new root", () -> answered.get() > after + 20 || isOver(callers));
    done.set(true);
    for (Future<?> caller : callers) {
      caller.get(20, TimeUnit.SECONDS);
    }
    assertThat(roots(web)).isEqualTo(roots(greeter)).doesNotContainAnyElementsOf(old);
    assertThat(counts.refused(InboundRefusal.TLS)).isZero();
  }

  private static boolean isOver(List<Future<?>> callers) {
    return callers.stream().anyMatch(Future::isDone);
  }

  private static boolean answers(OkHttpClient client) {
    try {
      return get(client) == 204;
    } catch (IOException e) {
      return false;
    }
  }
}
