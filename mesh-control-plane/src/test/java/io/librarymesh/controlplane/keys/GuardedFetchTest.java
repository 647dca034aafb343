package io.librarymesh.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Dns;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules can have the control plane call, with a real server of HTTPS. */
class GuardedFetchTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HeldCertificate own =
      new HeldCertificate.Builder().addSubjectAlternativeName("issuer.test").build();
  private final MockWebServer server = new MockWebServer();
  private final List<String> resolved = new ArrayList<>();
  private final Dns dns =
      host -> {
        resolved.add(host);
        return List.of(InetAddress.getLoopbackAddress());
      };

  @BeforeEach
  void start() throws Exception {
    server.useHttps(
        new HandshakeCertificates.Builder().heldCertificate(own).build().sslSocketFactory());
    server.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private GuardedFetch fetch(boolean http, boolean privateAddresses, X509Certificate... roots) {
    return new GuardedFetch(new KeySettings(true, http, privateAddresses, List.of(roots)), dns);
  }

  private String at(String scheme, String path) {
    return scheme + "://issuer.test:" + server.getPort() + path;
  }

  private void answer(int code, String body, String... headers) {
    MockResponse.Builder answer = new MockResponse.Builder().code(code).body(body);
    for (int i = 0; i < headers.length; i += 2) {
      answer.addHeader(headers[i], headers[i + 1]);
    }
    server.enqueue(answer.build());
  }

  @Test
  void documentIsFetchedOverHttps() throws Exception {
    answer(200, "{}");

    assertThat(fetch(false, true, own.certificate()).get(at("https", "/keys"), TIMEOUT))
        .isEqualTo("{}");

    RecordedRequest request = server.takeRequest();
    assertThat(request.getTarget()).isEqualTo("/keys");
    assertThat(request.getHandshake().tlsVersion().javaName()).isIn("TLSv1.2", "TLSv1.3");
    assertThat(request.getHeaders().names()).doesNotContain("Authorization", "Cookie");
  }

  @Test
  void nothingIsConnectedToThatTheGuardRefuses() {
    assertThatThrownBy(
            () -> fetch(false, false, own.certificate()).get(at("https", "/keys"), TIMEOUT))
        .isInstanceOf(RefusedAddress.class)
        .hasMessageContaining("127.0.0.1");
    assertThat(resolved).containsExactly("issuer.test");
    assertThat(server.getRequestCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:1/",
        "https://127.1:1/",
        "https://2130706433:1/",
        "https://[::1]:1/",
        "https://[::ffff:7f00:1]:1/",
        "https://[::ffff:a9fe:a9fe]/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0:1/",
        "https://10.0.0.1/",
        "https://192.168.0.1/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/"
      })
  void literalsAreJudgedAsNamesAre(String uri) {
    GuardedFetch fetch =
        new GuardedFetch(KeySettings.DEFAULT, host -> List.of(InetAddress.getByName(host)));

    assertThatThrownBy(() -> fetch.get(uri, TIMEOUT)).isInstanceOf(RefusedAddress.class);
  }

  @Test
  void aNameThatStandsForSomethingElseAMomentLaterIsJudgedAsItIsCalled() throws Exception {
    answer(200, "{}");
    List<InetAddress> answers =
        new ArrayList<>(
            List.of(InetAddress.getLoopbackAddress(), InetAddress.getByName("169.254.169.254")));
    GuardedFetch fetch =
        new GuardedFetch(
            new KeySettings(true, false, true, List.of(own.certificate())),
            host -> List.of(answers.remove(0)));

    assertThat(fetch.get(at("https", "/keys"), TIMEOUT)).isEqualTo("{}");
    assertThat(answers).as("resolved once").hasSize(1);
    assertThatThrownBy(() -> fetch.get(at("https", "/keys"), TIMEOUT))
        .isInstanceOf(RefusedAddress.class)
        .hasMessageContaining("169.254.169.254");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://issuer.test/keys",
        "ftp://issuer.test/keys",
        "file:///etc/passwd",
        "i",
        "",
        "https://",
        "https://user:password@issuer.test/keys"
      })
  void otherUrisAreNotCalled(String uri) {
    assertThatThrownBy(() -> fetch(false, true).get(uri, TIMEOUT))
        .isInstanceOf(RefusedAddress.class)
        .hasMessageContaining("expected: https")
        .hasMessageNotContaining("password");
    assertThat(resolved).isEmpty();
  }

  @Test
  void clearTextIsCalledWhereThatIsAllowed() throws Exception {
    try (MockWebServer plain = new MockWebServer()) {
      plain.start(InetAddress.getLoopbackAddress(), 0);
      plain.enqueue(new MockResponse.Builder().body("{}").build());

      assertThat(fetch(true, true).get("http://issuer.test:" + plain.getPort(), TIMEOUT))
          .isEqualTo("{}");
    }
  }

  @Test
  void serverHasToProveItsName() {
    assertThatThrownBy(() -> fetch(false, true).get(at("https", "/keys"), TIMEOUT))
        .as("an authority that is not known")
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () ->
                fetch(false, true, own.certificate())
                    .get("https://other.test:" + server.getPort() + "/keys", TIMEOUT))
        .hasMessageContaining("other.test");
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void redirectsLeadToTheSameHostOnly() throws Exception {
    GuardedFetch fetch = fetch(true, true, own.certificate());
    answer(302, "", "Location", "/moved");
    answer(200, "{}");
    assertThat(fetch.get(at("https", "/keys"), TIMEOUT)).isEqualTo("{}");

    for (String elsewhere :
        List.of(
            "https://localhost:" + server.getPort() + "/keys",
            at("http", "/keys"),
            "https://issuer.test:1/keys",
            "file:///etc/passwd",
            "http://169.254.169.254/")) {
      answer(302, "", "Location", elsewhere);
      assertThatThrownBy(() -> fetch.get(at("https", "/keys"), TIMEOUT))
          .as(elsewhere)
          .isInstanceOf(RefusedAddress.class);
    }
    assertThat(server.getRequestCount()).isEqualTo(7);
  }

  @Test
  void redirectsEnd() {
    for (int i = 0; i < 5; i++) {
      answer(302, "", "Location", "/keys");
    }

    assertThatThrownBy(
            () -> fetch(false, true, own.certificate()).get(at("https", "/keys"), TIMEOUT))
        .hasMessageContaining("redirects");
    assertThat(server.getRequestCount()).isEqualTo(4);
  }

  @Test
  void otherAnswersAreFailures() {
    answer(404, "secret");

    assertThatThrownBy(
            () -> fetch(false, true, own.certificate()).get(at("https", "/keys"), TIMEOUT))
        .hasMessage("HTTP 404 (expected: 200)");
  }

  @Test
  void sizeIsBounded() throws Exception {
    GuardedFetch fetch = fetch(false, true, own.certificate());
    answer(200, "x".repeat(1 << 20));
    assertThat(fetch.get(at("https", "/keys"), TIMEOUT)).hasSize(1 << 20);

    answer(200, "x".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> fetch.get(at("https", "/keys"), TIMEOUT))
        .hasMessageContaining("larger than 1 MiB");
  }

  @Test
  void aBombThatUnfoldsIsBoundedToo() throws Exception {
    okio.Buffer packed = new okio.Buffer();
    try (java.util.zip.GZIPOutputStream gzip =
        new java.util.zip.GZIPOutputStream(packed.outputStream())) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 20; i++) {
        gzip.write(zeros);
      }
    }
    server.enqueue(
        new MockResponse.Builder().addHeader("Content-Encoding", "gzip").body(packed).build());

    assertThatThrownBy(
            () -> fetch(false, true, own.certificate()).get(at("https", "/keys"), TIMEOUT))
        .hasMessageContaining("larger than 1 MiB");
  }

  @Test
  void timeIsBoundedThoughBytesTrickleIn() {
    server.enqueue(
        new MockResponse.Builder()
            .body("x".repeat(10_000))
            .throttleBody(1, 50, TimeUnit.MILLISECONDS)
            .build());

    assertThatThrownBy(
            () ->
                fetch(false, true, own.certificate())
                    .get(at("https", "/keys"), Duration.ofMillis(500)))
        .hasMessage("no answer within 500 ms");
  }
}
