package io.librarymesh.server;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.TrustDomain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** A caller that writes its requests itself. */
final class TestClient implements AutoCloseable {
  private static final int SECONDS = 20_000;
  private final Socket socket;

  TestClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(SECONDS);
  }

  static TestClient plain(int port) throws IOException {
    return new TestClient(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  static SSLSocket tls(int port, Identity identity, String sni, String... alpn) throws IOException {
    return tls(port, context(identity), sni, alpn);
  }

  static SSLContext context(Identity identity) {
    return MutualTls.of(
            identity, PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local"))))
        .context();
  }

  static SSLContext withoutCertificate(Identity trusting) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    PeerPolicy mesh = PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));
    context.init(null, new TrustManager[] {MutualTls.of(trusting, mesh).trustManager()}, null);
    return context;
  }

  static SSLSocket tls(int port, SSLContext context, String sni, String... alpn)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    if (!sni.isEmpty()) {
      parameters.setServerNames(List.of(new AnyName(sni)));
    }
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(SECONDS);
    return socket;
  }

  static TestClient mutual(int port, Identity identity) throws IOException {
    return new TestClient(tls(port, identity, ""));
  }

  Socket socket() {
    return socket;
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** For a thread of its own. */
  void write(byte[] body) {
    try {
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The whole answer, on a connection that is closed after it. */
  String ask(String request) throws IOException {
    send(request);
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  String get(String path, String... headers) throws IOException {
    StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: greeter\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return ask(text + "Connection: close\r\n\r\n");
  }

  /** Up to and with this text. */
  String until(String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    while (!read.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended after: " + read.toString(StandardCharsets.ISO_8859_1));
      }
      read.write(next);
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  /** Whether the other side has ended the connection, without saying anything. */
  boolean isClosedWithoutAWord() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A name that the JDK would not let pass for one of DNS. */
  private static final class AnyName extends SNIServerName {
    AnyName(String name) {
      super(0, name.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
