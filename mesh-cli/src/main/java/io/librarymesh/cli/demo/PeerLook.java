package io.librarymesh.cli.demo;

import static java.util.Objects.requireNonNull;

import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What somebody without a certificate finds at a port of the mesh.
 *
 * @param plaintext the status of an answer to a plain request, or {@code closed}
 * @param identity the SPIFFE ID in the certificate that the server shows in a TLS handshake, or
 *     {@code none}
 */
record PeerLook(String plaintext, String identity) {
  private static final int TIMEOUT_MILLIS = 5_000;

  static PeerLook at(int port) throws IOException {
    return new PeerLook(plainly(port), shown(port));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    return socket;
  }

  private static String plainly(int port) throws IOException {
    try (Socket socket = connect(port)) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: greeter-service\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.isEmpty() ? "closed" : answer.split(" ", 3)[1];
    } catch (SocketException e) {
      return "closed";
    }
  }

  /**
   * The handshake fails, for want of a certificate of ours; the server has shown its own by then.
   */
  private static String shown(int port) throws IOException {
    AtomicReference<String> seen = new AtomicReference<>("none");
    try (Socket socket = connect(port)) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Spectator(seen)}, null);
      try (SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(socket, "127.0.0.1", port, true)) {
        tls.startHandshake();
      }
    } catch (SSLException | SocketException e) {
      return requireNonNull(seen.get());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    return requireNonNull(seen.get());
  }

  /** Reads the certificate and sends nothing that it would have to be trusted for. */
  private static final class Spectator extends X509ExtendedTrustManager {
    private final AtomicReference<String> seen;

    Spectator(AtomicReference<String> seen) {
      this.seen = seen;
    }

    private void look(X509Certificate... chain) {
      try {
        SpiffeId id = SvidVerifier.named(chain[0]);
        seen.set(id.toString());
      } catch (SvidRefusedException e) {
        seen.set(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      look(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      look(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      look(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
      throw new IllegalStateException("this is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      throw new IllegalStateException("this is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new IllegalStateException("this is the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
