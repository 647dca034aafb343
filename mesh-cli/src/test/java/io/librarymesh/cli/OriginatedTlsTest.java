package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.Mesh;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.okhttp.MeshRoot;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS that rules ask for, from the YAML to real sockets; callers write {@code http} URLs. */
final class OriginatedTlsTest {
  private static final String URL = "http://api.example/x";

  @TempDir Path directory;
  @TempDir Path secrets;

  private final MeshRoot root = new MeshRoot();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final OkHttpClient plain = new OkHttpClient();

  @BeforeEach
  void writeRoot() throws Exception {
    writePem("ca.pem", "CERTIFICATE", root.certificate().getEncoded());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    plain.dispatcher().executorService().shutdown();
  }

  private String writePem(String name, String kind, byte[] content) throws IOException {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    String text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, encoder.encodeToString(content), kind);
    return Files.writeString(secrets.resolve(name), text).toString();
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  /** Answers with the names of the client's certificate, or that there is none. */
  private int serve(SSLContext context, boolean asksForCertificate) throws IOException {
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setNeedClientAuth(asksForCertificate);
            parameters.setSSLParameters(wanted);
          }
        });
    return start(server);
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private int start(HttpServer server) {
    server.createContext(
        "/",
        exchange -> {
          byte[] answer =
              (exchange instanceof HttpsExchange secured ? caller(secured) : "plain text")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private static String caller(HttpsExchange exchange) {
    try {
      X509Certificate client = (X509Certificate) exchange.getSSLSession().getPeerCertificates()[0];
      return "TLS from " + SvidVerifier.named(client);
    } catch (SSLPeerUnverifiedException e) {
      return "TLS from anybody";
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private SSLContext named(GeneralName name) throws GeneralSecurityException, IOException {
    KeyPair keys = MeshRoot.newKeys();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    Certificate[] chain = {root.leaf(keys, name, Duration.ofHours(1))};
    store.setKeyEntry("server", keys.getPrivate(), new char[0], chain);
    store.setCertificateEntry("root", root.certificate());
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, new char[0]);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  private SSLContext workload(String account) {
    PeerPolicy everybody = PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));
    return MutualTls.of(root.identity(account), everybody).context();
  }

  private void declare(String location, String endpoints, String tls) throws IOException {
    Files.writeString(
        directory.resolve("mesh.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: api}
        spec:
          hosts: [api.example]
          location: %s
          resolution: STATIC
          ports: [{number: 80, name: http, protocol: HTTP}]
          endpoints: [%s]
        """
            .formatted(location, endpoints));
    if (!tls.isEmpty()) {
      Files.writeString(
          directory.resolve("rule.yaml"),
          """
          apiVersion: networking.istio.io/v1
          kind: DestinationRule
          metadata: {name: api}
          spec: {host: api.example, trafficPolicy: {tls: %s}}
          """
              .formatted(tls));
    }
  }

  private static String at(int port, String more) {
    return "{address: 127.0.0.1, ports: {http: " + port + "}" + more + "}";
  }

  private String call() throws Exception {
    return call(Optional.empty());
  }

  private OkHttpClient client(Optional<Identity> identity) throws IOException {
    String name = "tls-" + UUID.randomUUID();
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory)).inProcess(name).build();
    open.add(0, controlPlane);
    controlPlane.start();
    Node node = Node.of("web").withServiceAccount(identity.isPresent() ? "web" : "");
    Mesh.Builder builder =
        Mesh.builder(
            XdsConfigSource.builder(node)
                .server("embedded", () -> InProcessChannelBuilder.forName(name).build())
                .build());
    identity.ifPresent(who -> builder.identity(new MeshRoot.Source(who)));
    Mesh mesh = builder.build();
    open.add(0, mesh);
    return plain.newBuilder().addInterceptor(MeshInterceptor.of(mesh)).build();
  }

  private String call(Optional<Identity> identity) throws Exception {
    return get(client(identity));
  }

  private static String get(OkHttpClient client) throws IOException {
    try (Response response = client.newCall(new Request.Builder().url(URL).build()).execute()) {
      return response.code() + " " + response.body().string();
    }
  }

  @Test
  void simpleCallsAServerOutsideOfTheMesh() throws Exception {
    int port = serve(named(dns("api.example")), false);
    declare(
        "MESH_EXTERNAL",
        at(port, ""),
        "{mode: SIMPLE, caCertificates: %s}".formatted(secrets.resolve("ca.pem")));

    assertThat(call()).isEqualTo("200 TLS from anybody");
  }

  @Test
  void anotherServerIsRefused() throws Exception { // P17
    int port = serve(named(dns("other.example")), false);
    declare(
        "MESH_EXTERNAL",
        at(port, ""),
        "{mode: SIMPLE, caCertificates: %s}".formatted(secrets.resolve("ca.pem")));

    assertThat(call()).startsWith("503").contains("other.example", "expected: api.example");
  }

  @Test
  void serversThatTheSystemDoesNotKnowAreRefusedUnlessSaid() throws Exception {
    int port = serve(named(dns("api.example")), false);
    declare("MESH_EXTERNAL", at(port, ""), "{mode: SIMPLE}");
    assertThat(call()).startsWith("503");

    declare("MESH_EXTERNAL", at(port, ""), "{mode: SIMPLE, insecureSkipVerify: true}");
    assertThat(call()).isEqualTo("200 TLS from anybody");
  }

  @Test
  void mutualPresentsACertificateInFiles() throws Exception {
    int port = serve(named(dns("api.example")), true);
    KeyPair keys = MeshRoot.newKeys();
    GeneralName name =
        new GeneralName(GeneralName.uniformResourceIdentifier, MeshRoot.id("partner"));
    String chain =
        writePem(
            "chain.pem", "CERTIFICATE", root.leaf(keys, name, Duration.ofHours(1)).getEncoded());
    String key = writePem("key.pem", "PRIVATE KEY", keys.getPrivate().getEncoded());
    declare(
        "MESH_EXTERNAL",
        at(port, ""),
        "{mode: MUTUAL, clientCertificate: %s, privateKey: %s, caCertificates: %s}"
            .formatted(chain, key, secrets.resolve("ca.pem")));

    assertThat(call()).isEqualTo("200 TLS from " + MeshRoot.id("partner"));
  }

  @Test
  void istioMutualPresentsTheIdentityAndChecksTheAccount() throws Exception { // C18
    int greeter = serve(workload("greeter"), true);
    declare("MESH_INTERNAL", at(greeter, ", serviceAccount: greeter"), "{mode: ISTIO_MUTUAL}");
    assertThat(call(Optional.of(root.identity("web"))))
        .isEqualTo("200 TLS from " + MeshRoot.id("web"));

    declare("MESH_INTERNAL", at(greeter, ", serviceAccount: other"), "{mode: ISTIO_MUTUAL}");
    assertThat(call(Optional.of(root.identity("web"))))
        .startsWith("503")
        .contains("the peer is " + MeshRoot.id("greeter"), MeshRoot.id("other"));
  }

  @Test
  void whoHasNoIdentityDoesNotCallInPlainText() throws Exception {
    int greeter = start(HttpServer.create(anyPort(), 0));
    declare("MESH_INTERNAL", at(greeter, ", serviceAccount: greeter"), "{mode: ISTIO_MUTUAL}");

    assertThat(call()).startsWith("503").contains("this process has no identity");
  }

  @Test
  void eachEndpointIsSpokenToAsItServes() throws Exception { // C16
    int mutual = serve(workload("greeter"), true);
    int text = start(HttpServer.create(anyPort(), 0));
    declare("MESH_INTERNAL", at(mutual, ", serviceAccount: greeter") + ", " + at(text, ""), "");
    OkHttpClient client = client(Optional.of(root.identity("web")));

    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      answers.add(get(client));
    }
    assertThat(answers).containsExactly("200 TLS from " + MeshRoot.id("web"), "200 plain text");
  }
}
