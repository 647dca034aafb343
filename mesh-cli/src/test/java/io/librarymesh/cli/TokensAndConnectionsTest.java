package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.okhttp.MeshRoot;
import io.librarymesh.server.InboundRefusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, and connections that are not HTTP, from the YAML to real sockets. */
final class TokensAndConnectionsTest {
  private static final PeerPolicy MESH =
      PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));

  @TempDir Path directory;

  private final TokenIssuer issuer = new TokenIssuer();

  private String claims(String more, int secondsLeft) {
    long until = Instant.now().getEpochSecond() + secondsLeft;
    return "{\"iss\":\"https://issuer\",\"sub\":\"alice\",\"exp\":" + until + more + "}";
  }

  private ServedGreeter withTokens(String rule) throws IOException {
    return new ServedGreeter(directory, "http")
        .mode("STRICT")
        .policy(
            "RequestAuthentication",
            "{jwtRules: [{issuer: 'https://issuer', jwks: '" + issuer.jwks() + "'}]}")
        .policy("AuthorizationPolicy", rule)
        .start();
  }

  private static String bearing(OkHttpClient client, String token) throws IOException {
    return ServedGreeter.get(client, "authorization", "Bearer " + token);
  }

  @Test
  void aPrincipalIsThatOfAGoodToken() throws Exception {
    String rule = "{rules: [{from: [{source: {requestPrincipals: ['https://issuer/alice']}}]}]}";
    try (ServedGreeter greeter = withTokens(rule)) {
      greeter.serve();
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await(
          "200 caller=" + MeshRoot.id("web"), () -> bearing(web, issuer.token(claims("", 600))));

      assertThat(ServedGreeter.get(web)).isEqualTo("403 RBAC: access denied");
      assertThat(bearing(web, issuer.token(claims("", -600)))).isEqualTo("401 Jwt is expired");
      assertThat(bearing(web, new TokenIssuer().token(claims("", 600))))
          .isEqualTo("401 Jwt verification fails");
      String good = issuer.token(claims("", 600));
      String[] parts = good.split("\\.", -1);
      String[] others = issuer.token(claims(",\"admin\":true", 600)).split("\\.", -1);
      assertThat(bearing(web, parts[0] + "." + others[1] + "." + parts[2]))
          .isEqualTo("401 Jwt verification fails");
      String bob = issuer.token(claims("", 600).replace("alice", "bob"));
      assertThat(bearing(web, bob)).isEqualTo("403 RBAC: access denied");
      assertThat(bearing(web, issuer.token(claims("", 600).replace("issuer", "other"))))
          .isEqualTo("401 Jwt issuer is not configured");
      // None of those was passed on.
      long passed = greeter.counts.allowedRequests();
      assertThat(bearing(web, good)).startsWith("200 ");
      assertThat(greeter.counts.allowedRequests()).isEqualTo(passed + 1);
    }
  }

  @Test
  void claimsCount() throws Exception {
    String rule =
        "{rules: [{when: [{key: 'request.auth.claims[groups]', values: [admins]},"
            + " {key: 'request.auth.claims[realm][tier]', values: ['g*']}]}]}";
    String both = ",\"groups\":[\"users\",\"admins\"],\"realm\":{\"tier\":\"gold\"}";
    try (ServedGreeter greeter = withTokens(rule)) {
      greeter.serve();
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await("200 ", () -> bearing(web, issuer.token(claims(both, 600))));

      assertThat(bearing(web, issuer.token(claims(both.replace("gold", "silver"), 600))))
          .startsWith("403 ");
      assertThat(bearing(web, issuer.token(claims(both.replace("admins", "admin"), 600))))
          .startsWith("403 ");
      assertThat(bearing(web, new TokenIssuer().token(claims(both, 600)))).startsWith("401 ");
      assertThat(ServedGreeter.get(web)).startsWith("403 ");
    }
  }

  @Test
  void aTokenIsNoWayAroundMutualTls() throws Exception {
    String rule = "{rules: [{from: [{source: {requestPrincipals: ['*']}}]}]}";
    try (ServedGreeter greeter = withTokens(rule)) {
      Recorder recorder = greeter.serve();
      String good = issuer.token(claims("", 600));
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await("200 ", () -> bearing(web, good));

      String sent =
          "GET /x HTTP/1.1\r\nHost: g\r\nConnection: close\r\nAuthorization: Bearer "
              + good
              + "\r\n\r\n";
      assertThat(ServedGreeter.inPlaintext(recorder.port(), sent)).isEqualTo("closed");
    }
  }

  /** What the application behind an opaque port answers a caller; {@code closed} for nothing. */
  private static String asked(ServedGreeter greeter, int port, String account) throws IOException {
    MutualTls tls = MutualTls.of(greeter.root.identity(account), MESH);
    try (SSLSocket socket =
        (SSLSocket)
            tls.context().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("ping\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      return answer.length == 0 ? "closed" : new String(answer, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "closed";
    }
  }

  private static Thread echo(ServerSocket application) {
    Thread thread =
        new Thread(
            () -> {
              while (!application.isClosed()) {
                try (Socket socket = application.accept()) {
                  socket.getOutputStream().write(socket.getInputStream().readNBytes(5));
                } catch (IOException e) {
                  // The caller has gone, or the test has ended.
                }
              }
            },
            "application");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** C60: what asks for something of HTTP denies every connection. */
  @Test
  void aDenialOfPathsClosesAPortThatIsNotHttp() throws Exception {
    try (ServedGreeter greeter =
            new ServedGreeter(directory, "tcp")
                .mode("STRICT")
                .policy("AuthorizationPolicy", "{rules: [{}]}")
                .start();
        ServerSocket application = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      echo(application);
      int port =
          greeter.serveOpaque((InetSocketAddress) application.getLocalSocketAddress()).port();
      ServedGreeter.await("ping", () -> asked(greeter, port, "web"));

      greeter.policy(
          "AuthorizationPolicy", "{action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}");
      ServedGreeter.await("closed", () -> asked(greeter, port, "web"));
      assertThat(greeter.counts.refused(InboundRefusal.NOT_ADMITTED)).isPositive();
    }
  }

  /** C61: who calls, and at which port, can be told of a connection. */
  @Test
  void principalsAndPortsAreThoseOfAConnection() throws Exception {
    try (ServedGreeter greeter =
            new ServedGreeter(directory, "tcp")
                .mode("STRICT")
                .policy("AuthorizationPolicy", "{}")
                .start();
        ServerSocket application = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      echo(application);
      int port =
          greeter.serveOpaque((InetSocketAddress) application.getLocalSocketAddress()).port();
      greeter.policy("AuthorizationPolicy", allowing(greeter.listening));
      ServedGreeter.await("ping", () -> asked(greeter, port, "web"));
      assertThat(asked(greeter, port, "other")).isEqualTo("closed");
      assertThat(ServedGreeter.inPlaintext(port, "ping\n")).isEqualTo("closed");

      greeter.policy("AuthorizationPolicy", allowing(greeter.listening + 1));
      ServedGreeter.await("closed", () -> asked(greeter, port, "web"));
    }
  }

  private static String allowing(int port) {
    return "{rules: [{from: [{source: {principals: [cluster.local/ns/default/sa/web]}}],"
        + " to: [{operation: {ports: ['"
        + port
        + "']}}]}]}";
  }
}
