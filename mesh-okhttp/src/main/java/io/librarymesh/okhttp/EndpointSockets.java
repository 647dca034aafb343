package io.librarymesh.okhttp;

import io.librarymesh.EndpointTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import okhttp3.Connection;
import org.jspecify.annotations.Nullable;

/** Makes the sockets of one endpoint. */
final class EndpointSockets extends SocketFactory {
  private final SocketFactory base;
  private final @Nullable EndpointAddress address;
  private final @Nullable EndpointTls tls;
  private final boolean http2;

  /** The open sockets, to find the one beneath a TLS socket again; both have one local port. */
  private final Map<Integer, EndpointSocket> byLocalPort = new ConcurrentHashMap<>();

  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param base makes the sockets; the JDK's default factory is replaced by channels, whose end of
   *     stream can be seen without blocking
   * @param address null when sockets connect where they are told
   * @param tls what sockets speak beneath HTTP; null for nothing
   * @param http2 whether HTTP/2 goes over the sockets
   */
  EndpointSockets(
      SocketFactory base,
      @Nullable EndpointAddress address,
      @Nullable EndpointTls tls,
      boolean http2) {
    this.base = base;
    this.address = address;
    this.tls = tls;
    this.http2 = http2;
  }

  /**
   * The socket of a connection, beneath TLS if need be; null when {@code sockets} are no endpoint's
   * or did not make it.
   */
  static @Nullable EndpointSocket under(Connection connection, @Nullable SocketFactory sockets) {
    Socket socket = connection.socket();
    if (socket instanceof EndpointSocket plain) {
      return plain;
    }
    return sockets instanceof EndpointSockets made
        ? made.byLocalPort.get(socket.getLocalPort())
        : null;
  }

  /** How many connections there have been so far. */
  int connections() {
    return connections.get();
  }

  /** Returns the number of the connection, from 1. */
  int connected(EndpointSocket socket, int localPort) {
    byLocalPort.put(localPort, socket);
    return connections.incrementAndGet();
  }

  void closed(EndpointSocket socket, int localPort) {
    byLocalPort.remove(localPort, socket);
  }

  @Override
  public Socket createSocket() throws IOException {
    boolean plain = base == SocketFactory.getDefault();
    EndpointSocket socket =
        EndpointSocket.over(
            plain ? SocketChannel.open().socket() : base.createSocket(), address, this);
    return tls == null ? socket : new TlsSocket(socket, tls, http2);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw unconnectedOnly();
  }

  private static UnsupportedOperationException unconnectedOnly() {
    return new UnsupportedOperationException("OkHttp makes unconnected sockets only");
  }
}
