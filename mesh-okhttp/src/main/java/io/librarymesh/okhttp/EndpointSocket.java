package io.librarymesh.okhttp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A socket that connects to its endpoint and that can tell whether the peer has hung up.
 *
 * <p>OkHttp does not look before it sends over an idle connection and repeats the request in
 * silence when that fails. Repeating is the mesh's decision, so here the look comes first, as it
 * does in Envoy, which hears of a closed connection at once.
 */
final class EndpointSocket extends Socket {
  private final Link link;
  private final AtomicInteger requests = new AtomicInteger();
  private boolean fresh;

  private EndpointSocket(Link link) throws SocketException {
    super(link);
    this.link = link;
  }

  static EndpointSocket over(
      Socket delegate, @Nullable EndpointAddress address, EndpointSockets owner)
      throws SocketException {
    Link link = new Link(delegate, address, owner);
    EndpointSocket socket = new EndpointSocket(link);
    link.socket = socket;
    return socket;
  }

  /**
   * An attempt holds the connection from now on.
   *
   * @param connectionsBefore {@link EndpointSockets#connections} when the attempt began
   */
  void acquiredAfter(int connectionsBefore) {
    fresh = link.number > connectionsBefore;
  }

  /**
   * Whether an idle HTTP/1.1 connection is of no more use: the peer closed it, or said something
   * unasked, such as a 408 or a TLS alert. False for one that was made for the attempt that holds
   * it, where TLS may have tickets to read. Must be asked by the thread that holds the connection;
   * a socket that is not a channel's is trusted.
   */
  boolean isStale() {
    if (fresh) {
      return false;
    }
    SocketChannel channel = link.delegate.getChannel();
    if (channel == null) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      int read = channel.read(link.probe);
      channel.configureBlocking(true);
      return read != 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Counts a request that goes over this connection and returns which one it is, from 1. */
  int countRequest() {
    return requests.incrementAndGet();
  }

  /** Whether the peer has hung up, be it with a reset, and everything it sent was read. */
  boolean hasEnded() {
    return link.ended;
  }

  /** Passes everything to another socket but the address to connect to. */
  private static final class Link extends SocketImpl {
    final Socket delegate;
    final ByteBuffer probe = ByteBuffer.allocate(1);
    private final @Nullable EndpointAddress redirection;
    private final EndpointSockets owner;
    private @Nullable EndpointSocket socket;
    private volatile boolean ended;
    private volatile int number;
    private Object soTimeout = 0;

    Link(Socket delegate, @Nullable EndpointAddress redirection, EndpointSockets owner) {
      this.delegate = delegate;
      this.redirection = redirection;
      this.owner = owner;
    }

    @Override
    protected void create(boolean stream) {}

    @Override
    protected void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
      InetSocketAddress wanted = (InetSocketAddress) endpoint;
      InetSocketAddress target = redirection == null ? wanted : redirection.redirect(wanted);
      delegate.connect(target, timeoutMillis);
      address = target.getAddress();
      port = target.getPort();
      localport = delegate.getLocalPort();
      if (socket != null) {
        number = owner.connected(socket, localport);
      }
    }

    @Override
    protected void connect(String host, int port) throws IOException {
      connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
      connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
      delegate.bind(new InetSocketAddress(host, port));
    }

    @Override
    protected void listen(int backlog) throws IOException {
      throw new SocketException("not a server socket");
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
      throw new SocketException("not a server socket");
    }

    @Override
    protected InputStream getInputStream() throws IOException {
      return new Input(delegate.getInputStream(), this);
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
      return delegate.getOutputStream();
    }

    @Override
    protected int available() throws IOException {
      return delegate.getInputStream().available();
    }

    @Override
    protected void close() throws IOException {
      if (socket != null) {
        owner.closed(socket, localport);
      }
      delegate.close();
    }

    @Override
    protected void shutdownInput() throws IOException {
      delegate.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
      delegate.shutdownOutput();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
      delegate.sendUrgentData(data);
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
      switch (option) {
        case SocketOptions.SO_TIMEOUT -> setSoTimeout((Integer) value);
        case SocketOptions.TCP_NODELAY -> delegate.setTcpNoDelay((Boolean) value);
        case SocketOptions.SO_KEEPALIVE -> delegate.setKeepAlive((Boolean) value);
        case SocketOptions.SO_REUSEADDR -> delegate.setReuseAddress((Boolean) value);
        case SocketOptions.SO_OOBINLINE -> delegate.setOOBInline((Boolean) value);
        case SocketOptions.SO_SNDBUF -> delegate.setSendBufferSize((Integer) value);
        case SocketOptions.SO_RCVBUF -> delegate.setReceiveBufferSize((Integer) value);
        case SocketOptions.IP_TOS -> delegate.setTrafficClass((Integer) value);
        case SocketOptions.SO_LINGER ->
            delegate.setSoLinger(value instanceof Integer, value instanceof Integer s ? s : 0);
        default -> throw new SocketException("option: " + option + " (expected: a known one)");
      }
    }

    /**
     * A timed read on a channel switches its mode twice. OkHttp's watchdog bounds reads by closing
     * the socket, and so does the mesh while connecting; only OkHttp's health check, which asks for
     * one millisecond, needs the socket's own timeout.
     */
    private void setSoTimeout(Integer millis) throws SocketException {
      soTimeout = millis;
      delegate.setSoTimeout(delegate.getChannel() == null || millis == 1 ? millis : 0);
    }

    @Override
    public Object getOption(int option) throws SocketException {
      return switch (option) {
        case SocketOptions.SO_TIMEOUT -> soTimeout;
        case SocketOptions.TCP_NODELAY -> delegate.getTcpNoDelay();
        case SocketOptions.SO_KEEPALIVE -> delegate.getKeepAlive();
        case SocketOptions.SO_REUSEADDR -> delegate.getReuseAddress();
        case SocketOptions.SO_OOBINLINE -> delegate.getOOBInline();
        case SocketOptions.SO_SNDBUF -> delegate.getSendBufferSize();
        case SocketOptions.SO_RCVBUF -> delegate.getReceiveBufferSize();
        case SocketOptions.IP_TOS -> delegate.getTrafficClass();
        case SocketOptions.SO_LINGER -> delegate.getSoLinger();
        case SocketOptions.SO_BINDADDR -> delegate.getLocalAddress();
        default -> throw new SocketException("option: " + option + " (expected: a known one)");
      };
    }
  }

  /** Notes the end before anybody hears of it. */
  private static final class Input extends FilterInputStream {
    private final Link link;

    Input(InputStream in, Link link) {
      super(in);
      this.link = link;
    }

    @Override
    public int read() throws IOException {
      try {
        return noted(super.read());
      } catch (IOException e) {
        throw noted(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      try {
        return noted(super.read(bytes, offset, count));
      } catch (IOException e) {
        throw noted(e);
      }
    }

    private int noted(int read) {
      if (read < 0) {
        link.ended = true;
      }
      return read;
    }

    private IOException noted(IOException failure) {
      if (!(failure instanceof InterruptedIOException) && !link.delegate.isClosed()) {
        link.ended = true;
      }
      return failure;
    }
  }
}
