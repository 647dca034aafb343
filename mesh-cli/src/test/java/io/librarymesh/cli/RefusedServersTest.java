package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.okhttp.MeshRoot;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are not whom the service is of: a caller sends them nothing. */
final class RefusedServersTest {
  private static final PeerPolicy MESH =
      PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));

  @TempDir Path directory;

  /** Answers each request, and counts what it was sent within TLS. */
  private static final class Server implements AutoCloseable {
    private final SSLServerSocket listening;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();

    Server(Identity identity) throws IOException {
      listening =
          (SSLServerSocket)
              MutualTls.of(identity, MESH)
                  .context()
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      listening.setNeedClientAuth(true);
      Thread thread = new Thread(this::accept, "server");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      while (!listening.isClosed()) {
        try (SSLSocket socket = (SSLSocket) listening.accept()) {
          socket.setSoTimeout(20_000);
          connections.incrementAndGet();
          if (socket.getInputStream().read() >= 0) {
            bytes.incrementAndGet();
            socket
                .getOutputStream()
                .write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
                        .getBytes(StandardCharsets.US_ASCII));
          }
        } catch (IOException e) {
          // The caller has gone, or the test has ended.
        }
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  /** What the caller is told of a server that is good, or refused. */
  private void assertCalled(ServedGreeter greeter, Identity identity, boolean good)
      throws Exception {
    try (Server server = new Server(identity)) {
      greeter.register(server.listening.getLocalPort());
      OkHttpClient web = greeter.client("web");
      ServedGreeter.await(good ? "200 hi" : "TLS", () -> ServedGreeter.get(web));
      int before = server.connections.get();
      try (Response response =
          web.newCall(new Request.Builder().url(ServedGreeter.URL).build()).execute()) {
        assertThat(response.code()).isEqualTo(good ? 200 : 503);
        assertThat(response.header("x-mesh-response-flags")).isEqualTo(good ? null : "UF,URX");
      }
      assertThat(server.connections.get()).isGreaterThan(before);
      assertThat(server.bytes.get()).isEqualTo(good ? server.connections.get() : 0);
    }
  }

  private ServedGreeter strict() throws IOException {
    return new ServedGreeter(directory, "http").mode("STRICT").start();
  }

  @Test
  void theServersOfItsServiceAccountAreCalled() throws Exception {
    try (ServedGreeter greeter = strict()) {
      assertCalled(greeter, greeter.root.identity("greeter"), true);
    }
  }

  @Test
  void anotherServiceAccountIsNot() throws Exception {
    try (ServedGreeter greeter = strict()) {
      assertCalled(greeter, greeter.root.identity("web"), false);
    }
  }

  @Test
  void aForeignRootIsNot() throws Exception {
    try (ServedGreeter greeter = strict()) {
      Identity foreign = new MeshRoot().identity("greeter", Duration.ofHours(1), greeter.root);
      assertCalled(greeter, foreign, false);
    }
  }

  @Test
  void whoseTimeIsOverIsNot() throws Exception {
    try (ServedGreeter greeter = strict()) {
      assertCalled(greeter, greeter.root.identity("greeter", Duration.ofMinutes(-1)), false);
    }
  }
}
