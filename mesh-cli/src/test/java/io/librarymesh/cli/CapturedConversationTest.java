package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.okhttp.MeshRoot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody who listens between two processes of the mesh gets to know. */
final class CapturedConversationTest {
  /** Escaped in paths, so that each of its spellings differs from it. */
  private static final String MARKER = "s3cr~t|Zq9<m>Kw+4";

  private static final String IN_PATH = "/" + URLEncoder.encode(MARKER, StandardCharsets.UTF_8);

  @TempDir Path directory;

  private static Request marked() {
    return new Request.Builder()
        .url("http://greeter.default.svc.cluster.local" + IN_PATH)
        .header("x-marker", MARKER)
        .post(RequestBody.create(MARKER.getBytes(StandardCharsets.US_ASCII)))
        .build();
  }

  private static String markedInPlaintext() {
    return "POST "
        + IN_PATH
        + " HTTP/1.1\r\nHost: greeter\r\nConnection: close\r\nx-marker: "
        + MARKER
        + "\r\nContent-Length: "
        + MARKER.length()
        + "\r\n\r\n"
        + MARKER;
  }

  /** The marker as it may be spelled on the way; compared without regard to case. */
  private static List<String> spellings() throws IOException {
    List<String> all = new ArrayList<>();
    byte[] bytes = MARKER.getBytes(StandardCharsets.US_ASCII);
    all.add(MARKER);
    all.add(IN_PATH.substring(1));
    all.add(HexFormat.of().formatHex(bytes));
    all.add(new StringBuilder(MARKER).reverse().toString());
    all.add(new String(bytes, StandardCharsets.US_ASCII).replace("", "\0").strip());
    for (int skipped = 0; skipped < 3; skipped++) {
      // Without the ends, which depend on what stands beside it.
      String padded = "x".repeat(skipped) + MARKER;
      String encoded =
          Base64.getEncoder().encodeToString(padded.getBytes(StandardCharsets.US_ASCII));
      String inner = encoded.substring(4, encoded.length() - 4);
      all.add(inner);
      all.add(inner.replace('+', '-').replace('/', '_'));
    }
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(bytes);
    }
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(bytes);
    }
    // Behind the headers of their formats.
    all.add(gzip.toString(StandardCharsets.ISO_8859_1).substring(10, 10 + bytes.length));
    all.add(deflated.toString(StandardCharsets.ISO_8859_1).substring(2, 2 + bytes.length));
    return all.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
  }

  private static List<String> found(String conversation) throws IOException {
    String lower = conversation.toLowerCase(Locale.ROOT);
    return spellings().stream().filter(lower::contains).toList();
  }

  @Test
  void holdsNothingOfTheRequestOrTheAnswer() throws Exception {
    try (ServedGreeter greeter = new ServedGreeter(directory, "http").mode("STRICT").start()) {
      Recorder recorder = greeter.serve();
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await(
          "200 caller=" + MeshRoot.id("web"), () -> ServedGreeter.call(web, marked()));

      assertThat(ServedGreeter.call(web, marked())).contains("marker=" + MARKER, "body=" + MARKER);
      for (String said : List.of(recorder.toServer(), recorder.toCaller())) {
        assertThat(said).hasSizeGreaterThan(500);
        assertThat(found(said)).isEmpty();
        assertThat(said)
            .doesNotContain("HTTP/1.1 ", "POST", "x-marker", "caller=", "content-length");
      }
    }
  }

  @Test
  void holdsNoIdentity() throws Exception {
    try (ServedGreeter greeter = new ServedGreeter(directory, "http").mode("STRICT").start()) {
      Recorder recorder = greeter.serve();
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await("200 caller=", () -> ServedGreeter.get(web));

      String said = recorder.toServer() + recorder.toCaller();
      // The service that the caller asks for by name is not hidden by TLS.
      assertThat(recorder.toServer()).contains("greeter.default.svc.cluster.local");
      assertThat(said).doesNotContain("spiffe://", "/sa/greeter", "/sa/web", "workload");
    }
  }

  @Test
  void holdsIdentitiesWhereTheCallerInsistsOnTls12() throws Exception {
    try (ServedGreeter greeter = new ServedGreeter(directory, "http").mode("STRICT").start()) {
      Recorder recorder = greeter.serve();
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await("200 caller=", () -> ServedGreeter.get(web));
      recorder.forget();

      MutualTls tls =
          MutualTls.of(
              greeter.root.identity("web"),
              PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local"))));
      try (SSLSocket socket =
          (SSLSocket)
              tls.context()
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), recorder.port())) {
        socket.setSoTimeout(20_000);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.startHandshake();
      }
      assertThat(recorder.toCaller()).contains(MeshRoot.id("greeter"), "workload");
      assertThat(recorder.toServer()).contains(MeshRoot.id("web"));
    }
  }

  @Test
  void holdsAllOfAConversationInPlaintext() throws Exception {
    try (ServedGreeter greeter = new ServedGreeter(directory, "http").mode("PERMISSIVE").start()) {
      Recorder recorder = greeter.serve();
      ServedGreeter.await(
          "caller=absent", () -> ServedGreeter.inPlaintext(recorder.port(), markedInPlaintext()));

      assertThat(found(recorder.toServer())).contains(spellings().get(0), spellings().get(1));
      assertThat(found(recorder.toCaller())).contains(spellings().get(0));
    }
  }

  @Test
  void holdsNoAnswerToPlaintextAtAStrictPort() throws Exception {
    try (ServedGreeter greeter = new ServedGreeter(directory, "http").mode("STRICT").start()) {
      Recorder recorder = greeter.serve();
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await("200 caller=", () -> ServedGreeter.get(web));
      recorder.forget();

      assertThat(ServedGreeter.inPlaintext(recorder.port(), markedInPlaintext()))
          .isEqualTo("closed");
      assertThat(recorder.toCaller()).isEmpty();
    }
  }
}
