package io.librarymesh.okhttp;

import io.librarymesh.EndpointTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is connected when the endpoint has proved who it is, and speaks TLS beneath
 * whatever goes over it. OkHttp takes it for one of plain text: URLs, cookies, caches and redirects
 * are those of the {@code http} URL that the caller wrote, as with a proxy beside it.
 */
final class TlsSocket extends Socket {
  private final Socket plain;
  private final EndpointTls tls;
  private final boolean http2;
  private volatile @Nullable Socket secured;

  /**
   * @param plain connects to the endpoint
   * @param http2 whether HTTP/2 goes over it
   */
  TlsSocket(Socket plain, EndpointTls tls, boolean http2) {
    this.plain = plain;
    this.tls = tls;
    this.http2 = http2;
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  /** The bound is that of the connection; the attempt that waits bounds both by closing it. */
  @Override
  public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
    plain.connect(endpoint, timeoutMillis);
    secured = tls.connect(plain, http2);
  }

  private Socket secured() throws SocketException {
    Socket socket = secured;
    if (socket == null) {
      throw new SocketException("not connected");
    }
    return socket;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return secured().getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return secured().getOutputStream();
  }

  /** Without a farewell: writing one may wait for a peer that does not read. */
  @Override
  public synchronized void close() throws IOException {
    plain.close();
  }

  @Override
  public boolean isConnected() {
    return secured != null;
  }

  @Override
  public boolean isClosed() {
    return plain.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    Socket socket = secured;
    return socket != null && socket.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    Socket socket = secured;
    return socket != null && socket.isOutputShutdown();
  }

  @Override
  public void shutdownInput() throws IOException {
    secured().shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    secured().shutdownOutput();
  }

  @Override
  public synchronized void setSoTimeout(int millis) throws SocketException {
    plain.setSoTimeout(millis);
  }

  @Override
  public synchronized int getSoTimeout() throws SocketException {
    return plain.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    plain.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return plain.getTcpNoDelay();
  }

  @Override
  public boolean isBound() {
    return plain.isBound();
  }

  @Override
  public int getPort() {
    return plain.getPort();
  }

  @Override
  public int getLocalPort() {
    return plain.getLocalPort();
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return plain.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return plain.getLocalAddress();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return plain.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return plain.getLocalSocketAddress();
  }

  @Override
  public String toString() {
    return "TlsSocket over " + plain;
  }
}
