package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of {@code http} URLs over TLS to servers outside the mesh, with certificates in files. */
final class ServerCertificateTest {
  private static final String HOST = "api.example.com";

  private final HeldCertificate root =
      new HeldCertificate.Builder().commonName("root").certificateAuthority(0).build();

  @TempDir private Path files;

  @BeforeEach
  void writeRoot() throws IOException {
    Files.writeString(files.resolve("root.pem"), root.certificatePem());
  }

  private HeldCertificate.Builder named(String name) {
    return new HeldCertificate.Builder().signedBy(root).addSubjectAlternativeName(name);
  }

  private MockWebServer server(HeldCertificate own, boolean asksForCertificates)
      throws IOException {
    MockWebServer server = new MockWebServer();
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(own)
            .addTrustedCertificate(root.certificate())
            .build()
            .sslSocketFactory());
    if (asksForCertificates) {
      server.requireClientAuth();
    }
    for (int i = 0; i < 3; i++) {
      server.enqueue(new MockResponse.Builder().body("hello").build());
    }
    server.start(InetAddress.getLoopbackAddress(), 0);
    return server;
  }

  private Trust ofRoot() {
    return new Trust.File(files.resolve("root.pem").toString());
  }

  private static UpstreamTls simple(String sni, Trust trust, SubjectAltName... names) {
    return new UpstreamTls(
        sni,
        false,
        List.of(),
        new Certificate.None(),
        trust,
        List.of(names),
        Version.TLS_1_2,
        Version.TLS_1_3);
  }

  private static SubjectAltName host(StringMatch match) {
    return new SubjectAltName(SubjectAltName.Kind.HOST, match);
  }

  private static String call(MockWebServer server, UpstreamTls tls) throws IOException {
    try (Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("127.0.0.1", server.getPort()))
                .sockets(TransportSockets.of(tls))
                .start();
        Response response = mesh.get()) {
      return response.body().string();
    }
  }

  @Test
  void aServerIsHeldToTheNameThatItIsCalledBy() throws Exception {
    try (MockWebServer server = server(named(HOST).build(), false)) {
      assertThat(call(server, simple(HOST, ofRoot()))).isEqualTo("hello");
      assertThat(server.takeRequest().getHandshakeServerNames()).containsExactly(HOST);
      assertThat(call(server, simple("other.example.com", ofRoot())))
          .contains("the peer is '" + HOST + "' (expected: other.example.com)");
      assertThat(call(server, simple("", ofRoot())))
          .contains("no name is known of this destination");
    }
  }

  @Test
  void aWildcardStandsForOneLabel() throws Exception {
    try (MockWebServer server = server(named("*.example.com").build(), false)) {
      assertThat(call(server, simple(HOST, ofRoot()))).isEqualTo("hello");
      assertThat(call(server, simple("a.api.example.com", ofRoot()))).contains("expected: a.api");
      assertThat(call(server, simple("example.com", ofRoot()))).contains("expected: example.com");
    }
  }

  @Test
  void namesOfTheClusterCountInPlaceOfTheServerName() throws Exception {
    SubjectAltName suffix = host(new StringMatch.Suffix(".example.com", false));
    try (MockWebServer server = server(named(HOST).build(), false)) {
      assertThat(call(server, simple("somebody", ofRoot(), suffix))).isEqualTo("hello");
      assertThat(
              call(
                  server,
                  simple(HOST, ofRoot(), host(new StringMatch.Exact("b.example.com", false)))))
          .contains("(expected: b.example.com)");
    }
  }

  @Test
  void aHostThatIsCalledLikeAnIdentityIsNone() throws Exception {
    String id = MeshRoot.id("greeter");
    try (MockWebServer server = server(named("greeter.sa.default").build(), false)) {
      assertThat(call(server, simple("", ofRoot(), SubjectAltName.uri(id))))
          .contains("(expected: " + id + ")");
    }
  }

  @Test
  void rootsOfTheJdkDoNotKnowAPrivateOne() throws Exception {
    try (MockWebServer server = server(named(HOST).build(), false)) {
      assertThat(call(server, simple(HOST, new Trust.SystemRoots())))
          .contains("TLS handshake: PKIX");
      assertThat(call(server, simple("", new Trust.InsecureAnybody()))).isEqualTo("hello");
    }
  }

  @Test
  void aCertificateInFilesIsShown() throws Exception {
    HeldCertificate client = named("client").build();
    Path chain = files.resolve("client.pem");
    Path key = files.resolve("client.key");
    Files.writeString(chain, client.certificatePem());
    Files.writeString(key, client.privateKeyPkcs8Pem());
    UpstreamTls mutual =
        new UpstreamTls(
            HOST,
            false,
            List.of(),
            new Certificate.Files(chain.toString(), key.toString()),
            ofRoot(),
            List.of(),
            Version.TLS_1_2,
            Version.TLS_1_3);
    try (MockWebServer server = server(named(HOST).build(), true)) {
      assertThat(call(server, mutual)).isEqualTo("hello");
      assertThat(server.takeRequest().getHandshake().peerCertificates().get(0))
          .isEqualTo(client.certificate());

      Files.writeString(key, named("another").build().privateKeyPkcs8Pem());
      assertThat(call(server, mutual)).contains("the private key is not that of the first");
      Files.delete(key);
      assertThat(call(server, mutual)).contains("client.key cannot be read");
    }
  }

  @Test
  void filesAreReadAgainWhenTheyChange() throws Exception {
    HeldCertificate other =
        new HeldCertificate.Builder().commonName("other").certificateAuthority(0).build();
    Path file = files.resolve("root.pem");
    Files.writeString(file, other.certificatePem());
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    try (MockWebServer server = server(named(HOST).build(), false);
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("127.0.0.1", server.getPort()))
                .sockets(TransportSockets.of(simple(HOST, ofRoot())))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(503);
      }
      writeRoot();
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("hello");
      }
    }
  }
}
