package io.librarymesh.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.controlplane.ca.AuthorityDirectory;
import io.librarymesh.controlplane.ca.JoinTokens;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.identity.CertificateSigner.Signed;
import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.identity.RenewedIdentitySource;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.identity.X509Svid;
import io.librarymesh.random.RandomSource;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.xds.CertificateAuthorityClient;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a join token to configuration over mutual TLS, on real sockets; and who gets neither. */
class AuthorityTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final SpiffeId BAR = SpiffeId.parse("spiffe://cluster.local/ns/foo/sa/bar");
  private static final String REQUEST =
      """
      -----BEGIN CERTIFICATE REQUEST-----
      not one
      -----END CERTIFICATE REQUEST-----
      """;

  @TempDir private Path directory;

  private final FakeTime time = new FakeTime();
  private final Instant began = Instant.now();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final LogCapture log = new LogCapture();
  private ControlPlane controlPlane;
  private JoinTokens tokens;

  private Instant now() {
    return began.plusNanos(time.elapsedNanos());
  }

  @BeforeEach
  void start() throws IOException {
    Logger.getLogger("io.librarymesh").addHandler(log);
    Path mesh = Files.createDirectory(directory.resolve("mesh"));
    Files.writeString(
        mesh.resolve("service.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter, namespace: foo}
        spec: {selector: {app: greeter}, ports: [{port: 3000, name: http}]}
        """);
    controlPlane =
        ControlPlane.builder(DirectoryStore.open(mesh))
            .authority(
                AuthoritySettings.of(directory.resolve("ca"))
                    .withAddress(ANY_PORT)
                    .withClock(this::now))
            .build();
    controlPlane.start();
    tokens = new JoinTokens(new AuthorityDirectory(directory.resolve("ca")), this::now);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    controlPlane.close();
    Logger.getLogger("io.librarymesh").removeHandler(log);
  }

  private String target() {
    return "127.0.0.1:" + controlPlane.securePort();
  }

  private PinnedTls tls() throws Exception {
    return tls(directory.resolve("ca/root-cert.pem"));
  }

  private PinnedTls tls(Path roots) throws Exception {
    return PinnedTls.of(Pem.certificates("root", IdentityFiles.text(roots))).clock(this::now);
  }

  private RenewedIdentitySource joined(SpiffeId identity) throws Exception {
    String token = tokens.issue(identity, Duration.ofMinutes(5));
    CertificateAuthorityClient authority =
        CertificateAuthorityClient.of(target(), tls(), () -> Optional.of(token));
    RenewedIdentitySource source =
        RenewedIdentitySource.start(
            authority,
            Optional.of(identity),
            RenewedIdentitySource.DEFAULT_LIFETIME,
            time,
            this::now,
            RandomSource.system());
    authority.present(source);
    opened.add(source);
    await(() -> source.current().isPresent() || source.problem().isPresent());
    assertThat(source.problem()).isEmpty();
    return source;
  }

  /** What a client of this identity and node is told of a target, or why there is no stream. */
  private String asked(PinnedTls tls, Node node) throws Exception {
    Queue<Update> updates = new ConcurrentLinkedQueue<>();
    try (XdsConfigSource source = XdsConfigSource.builder(node).server(target(), tls).build()) {
      source.watch("greeter.foo:3000", updates::add);
      await(
          () ->
              updates.stream().anyMatch(Update.Resolved.class::isInstance)
                  || !problem(source).isEmpty());
      return updates.stream().anyMatch(Update.Resolved.class::isInstance)
          ? "resolved"
          : problem(source);
    }
  }

  private static String problem(XdsConfigSource source) {
    return source.status().join().problem();
  }

  private static Node node(String namespace, String account) {
    return Node.of("w").withNamespace(namespace).withServiceAccount(account);
  }

  @Test
  void workloadJoinsByTokenRenewsByCertificateAndIsServedAllAlong() throws Exception {
    RenewedIdentitySource source = joined(BAR);
    X509Svid first = source.current().orElseThrow().svid();
    PinnedTls tls = tls().presenting(source);

    assertThat(first.id()).isEqualTo(BAR);
    assertThat(asked(tls, node("foo", "bar"))).isEqualTo("resolved");

    for (int renewal = 0; renewal < 5; renewal++) {
      X509Svid before = source.current().orElseThrow().svid();
      time.advance(Duration.ofHours(13));
      await(() -> !source.current().orElseThrow().svid().equals(before));
      X509Svid after = source.current().orElseThrow().svid();

      assertThat(after.leaf().getPublicKey()).isNotEqualTo(before.leaf().getPublicKey());
      assertThat(after.notAfter()).isAfter(before.notAfter());
      assertThat(asked(tls, node("foo", "bar"))).isEqualTo("resolved");
    }
    assertThat(source.problem()).isEmpty();
  }

  @Test
  void rootIsReplacedUnderAWorkloadThatRenews() throws Exception {
    RenewedIdentitySource source = joined(BAR);
    AuthorityDirectory folder = new AuthorityDirectory(directory.resolve("ca"), this::now);
    PinnedTls tls = tls().presenting(source); // holds the old root and no other
    Path old = Files.copy(directory.resolve("ca/root-cert.pem"), directory.resolve("old.pem"));

    folder.announce(new TrustDomain("cluster.local"));
    renew(source);
    assertThat(roots(source)).hasSize(2);
    folder.promote();
    renew(source);
    renew(source);
    // The control plane's own certificate is of the new root by now.
    assertThat(asked(tls, node("foo", "bar"))).isEqualTo("resolved");
    assertThat(asked(tls(old), node("foo", "bar"))).contains("UNAVAILABLE");
  }

  private void renew(RenewedIdentitySource source) throws Exception {
    X509Svid before = source.current().orElseThrow().svid();
    time.advance(Duration.ofHours(13));
    await(() -> !source.current().orElseThrow().svid().equals(before));
    assertThat(asked(tls().presenting(source), node("foo", "bar"))).isEqualTo("resolved");
  }

  private static Iterable<X509Certificate> roots(RenewedIdentitySource source) {
    return source
        .current()
        .orElseThrow()
        .bundles()
        .of(BAR.trustDomain())
        .orElseThrow()
        .authorities();
  }

  @Test
  void nodeThatSaysAnotherThingThanItsCertificateIsRefused() throws Exception {
    PinnedTls tls = tls().presenting(joined(BAR));

    assertThat(asked(tls, node("foo", ""))).isEqualTo("resolved");
    assertThat(asked(tls, node("other", "bar")))
        .contains("PERMISSION_DENIED", "NAMESPACE: not that of the certificate (expected: foo)");
    assertThat(asked(tls, node("foo", "admin")))
        .contains("PERMISSION_DENIED", "SERVICE_ACCOUNT: not that of the certificate");
  }

  @Test
  void clientWithoutACertificateOrWithOneOfAnotherRootIsNotServed() throws Exception {
    assertThat(asked(tls(), node("foo", "bar")))
        .contains("UNAUTHENTICATED", "no client certificate");

    try (ControlPlane other =
        ControlPlane.builder(DirectoryStore.open(directory.resolve("mesh")))
            .authority(
                AuthoritySettings.of(directory.resolve("foreign"))
                    .withAddress(ANY_PORT)
                    .withClock(this::now))
            .build()) {
      other.start();
      RenewedIdentitySource foreign = foreign(other);
      // Trusts this server by its root; only what it presents is wrong.
      assertThat(asked(tls().presenting(foreign), node("foo", "bar"))).isNotEqualTo("resolved");
      assertThat(asked(tls(directory.resolve("foreign/root-cert.pem")), node("foo", "bar")))
          .contains("UNAVAILABLE");
    }
  }

  private RenewedIdentitySource foreign(ControlPlane other) throws Exception {
    String token =
        new JoinTokens(new AuthorityDirectory(directory.resolve("foreign")), this::now)
            .issue(BAR, Duration.ofMinutes(1));
    RenewedIdentitySource source =
        RenewedIdentitySource.start(
            CertificateAuthorityClient.of(
                "127.0.0.1:" + other.securePort(),
                tls(directory.resolve("foreign/root-cert.pem")),
                () -> Optional.of(token)),
            Optional.of(BAR),
            Duration.ofHours(1),
            time,
            this::now,
            RandomSource.system());
    opened.add(source);
    await(() -> source.current().isPresent());
    return source;
  }

  @Test
  void expiredCertificateOpensNoStream() throws Exception {
    RenewedIdentitySource source = joined(BAR);
    source.close(); // renews no more
    PinnedTls presentsIt =
        PinnedTls.of(
                Pem.certificates("root", IdentityFiles.text(directory.resolve("ca/root-cert.pem"))))
            .clock(() -> began)
            .presenting(source);
    time.advance(Duration.ofHours(25));

    assertThat(asked(presentsIt, node("foo", "bar"))).isNotEqualTo("resolved");
  }

  private String refusal(String token, String csr) throws Exception {
    Throwable failure =
        catchThrowable(
            () -> {
              Signed unused =
                  CertificateAuthorityClient.of(target(), tls(), () -> Optional.of(token))
                      .sign(csr, Duration.ofHours(1))
                      .toCompletableFuture()
                      .join();
            });
    assertThat(failure)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
    String message = String.valueOf(Objects.requireNonNull(failure.getCause()).getMessage());
    assertThat(message).doesNotContain("Exception", "at io.", token);
    return message;
  }

  @Test
  void tokensThatDoNotCountGetNothingAndAreNotToldWhy() throws Exception {
    String good = tokens.issue(BAR, Duration.ofMinutes(1));
    String opaque = "UNAUTHENTICATED: request authenticate failure";
    assertThat(refusal("x", REQUEST)).endsWith(opaque);
    assertThat(refusal(good.substring(0, good.length() - 1) + "_", REQUEST)).endsWith(opaque);
    assertThat(refusal("mesh-join.0123456789abcdef." + "A".repeat(43), REQUEST)).endsWith(opaque);
    assertThat(log.text()).contains("UNKNOWN_TOKEN");

    time.advance(Duration.ofMinutes(2));
    assertThat(refusal(good, REQUEST)).endsWith(opaque);
    assertThat(log.text()).contains("EXPIRED_TOKEN");
  }

  /** It would be kept until the token has been looked at. */
  @Test
  void largeRequestIsCutOffWhileItComesIn() throws Exception {
    String token = tokens.issue(BAR, Duration.ofMinutes(1));
    assertThat(refusal(token, "y".repeat(60_000))).contains("INVALID_ARGUMENT: csr: 60000");
    assertThat(refusal(token, "y".repeat(3_000_000)))
        .contains("RESOURCE_EXHAUSTED: request: more than 65536");
    assertThat(log.text()).doesNotContain("3000000");
  }

  @Test
  void tokenIsUsedUpByACertificateAndNotByAMistake() throws Exception {
    String token = tokens.issue(BAR, Duration.ofMinutes(1));
    assertThat(refusal(token, REQUEST)).contains("INVALID_ARGUMENT: csr: cannot be read");
    assertThat(refusal(token, "y".repeat(20_000))).contains("INVALID_ARGUMENT: csr: 20000");
    CertificateAuthorityClient authority =
        CertificateAuthorityClient.of(target(), tls(), () -> Optional.of(token));
    SpiffeId admin = SpiffeId.parse("spiffe://cluster.local/ns/foo/sa/admin");
    assertThat(problem(authority, admin))
        .contains("PERMISSION_DENIED: csr: asks for the identity of somebody else");
    assertThat(problem(authority, BAR)).isEmpty();
    assertThat(problem(authority, BAR)).contains("UNAUTHENTICATED");
    assertThat(log.text()).contains("USED_TOKEN", "FOREIGN_IDENTITY", "REQUEST_TOO_LARGE");
  }

  private String problem(CertificateAuthorityClient authority, SpiffeId asked) throws Exception {
    RenewedIdentitySource source =
        RenewedIdentitySource.start(
            authority,
            Optional.of(asked),
            Duration.ofHours(1),
            new FakeTime(),
            this::now,
            RandomSource.system());
    opened.add(source);
    await(() -> source.current().isPresent() || source.problem().isPresent());
    return source.problem().orElse("");
  }

  @Test
  void whoGuessesTokensIsSlowedDown() throws Exception {
    String last = "";
    for (int i = 0; i < 12; i++) {
      last = refusal("mesh-join.0123456789abcdef." + "A".repeat(43), REQUEST);
    }
    assertThat(last).contains("RESOURCE_EXHAUSTED");
  }

  @Test
  void workloadCannotPassForTheControlPlane() throws Exception {
    RenewedIdentitySource source = joined(BAR);
    MutualTls workload =
        MutualTls.of(
            source.current().orElseThrow(),
            PeerPolicy.ofTrustDomains(java.util.Set.of(BAR.trustDomain())));
    try (SSLServerSocket server =
        (SSLServerSocket)
            workload
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread serving =
          new Thread(
              () -> {
                try (SSLSocket one = (SSLSocket) server.accept()) {
                  one.startHandshake();
                } catch (IOException e) {
                  // The client refuses, which is what is to be shown.
                }
              });
      serving.setDaemon(true);
      serving.start();
      Throwable failure =
          catchThrowable(
              () ->
                  CertificateAuthorityClient.of(
                          "127.0.0.1:" + server.getLocalPort(), tls(), () -> Optional.of("t"))
                      .sign(REQUEST, Duration.ofHours(1))
                      .toCompletableFuture()
                      .join());
      assertThat(failure).hasMessageContaining("does not name");
    }
  }

  @Test
  void plainTextAndGarbageAreHungUpOn() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), controlPlane.securePort())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Throwable failure = catchThrowable(() -> drain(socket));
      assertThat(failure instanceof SocketTimeoutException).isFalse();
    }
  }

  private static void drain(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // What comes is a TLS alert, and then the end.
    }
  }

  @Test
  void secretsAreInNoLogLineAndNoText() throws Exception {
    String token = tokens.issue(BAR, Duration.ofMinutes(1));
    CertificateAuthorityClient authority =
        CertificateAuthorityClient.of(target(), tls(), () -> Optional.of(token));
    assertThat(problem(authority, BAR)).isEmpty();
    assertThat(problem(authority, BAR)).isNotEmpty();
    String secret = token.substring(token.lastIndexOf('.') + 1);
    String key = Files.readString(directory.resolve("ca/ca-key.pem")).lines().toList().get(1);

    assertThat(log.text()).contains(BAR.toString()).contains("serial");
    assertThat(log.text() + authority + tls()).doesNotContain(secret, key, "PRIVATE KEY");
    try (var files = Files.walk(directory.resolve("ca/tokens"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).doesNotContain(secret);
      }
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within 20 s");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** All that is logged, at all levels, with what it is caused by. */
  private static final class LogCapture extends Handler {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    LogCapture() {
      setLevel(Level.ALL);
    }

    String text() {
      return String.join("\n", lines);
    }

    @Override
    public void publish(LogRecord record) {
      Object[] parameters = record.getParameters();
      String text = String.valueOf(record.getMessage());
      lines.add(
          (parameters == null ? text : java.text.MessageFormat.format(text, parameters))
              + (record.getThrown() == null ? "" : record.getThrown()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
