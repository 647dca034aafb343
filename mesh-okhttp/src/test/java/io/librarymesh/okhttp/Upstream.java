package io.librarymesh.okhttp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import io.librarymesh.config.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server that does what a test says to each request, down to the bytes: answers, falls
 * silent, hangs up. Without anything said it answers 200 with its name.
 */
final class Upstream implements AutoCloseable {
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private final String name;
  private final ServerSocket server;
  private final Deque<Behaviour> script = new ArrayDeque<>();
  private final List<Received> received = new ArrayList<>();
  private final List<Socket> open = new ArrayList<>();
  private int accepted;
  private int early;
  private @Nullable Thread accepting;

  private Upstream(String name, ServerSocket server) {
    this.name = name;
    this.server = server;
  }

  static Upstream start(String name) {
    return start(name, 0);
  }

  static Upstream start(String name, int port) {
    return start(name, port, ServerSocketFactory.getDefault());
  }

  /** Over sockets that {@code factory} makes, such as those of TLS. */
  static Upstream start(String name, ServerSocketFactory factory) {
    return start(name, 0, factory);
  }

  private static Upstream start(String name, int port, ServerSocketFactory factory) {
    try {
      ServerSocket socket = factory.createServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Upstream upstream = new Upstream(name, socket);
      upstream.accepting = upstream.run("upstream " + name, upstream::accept);
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An endpoint where nobody listens. */
  static Endpoint refusing() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Endpoint.of("127.0.0.1", socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  Endpoint endpoint() {
    return Endpoint.of("127.0.0.1", port());
  }

  /** Appends to what is done to the requests to come, one behaviour each. */
  synchronized Upstream then(Behaviour... next) {
    script.addAll(List.of(next));
    return this;
  }

  /** Answers when it has read the head, and hangs up without reading the body. */
  synchronized Upstream answeringEarly(int status) {
    early = status;
    return this;
  }

  synchronized List<Received> received() {
    return List.copyOf(received);
  }

  Received only() {
    List<Received> all = received();
    if (all.size() != 1) {
      throw new AssertionError("requests: " + all.size() + " (expected: 1)");
    }
    return all.get(0);
  }

  /** How many connections were accepted so far. */
  synchronized int connections() {
    return accepted;
  }

  synchronized int openConnections() {
    return open.size();
  }

  void awaitRequests(int count) {
    await("requests: " + count, () -> received().size() >= count);
  }

  void awaitConnections(int count) {
    await("connections: " + count, () -> connections() >= count);
  }

  void awaitNoOpenConnection() {
    await("no open connection", () -> openConnections() == 0);
  }

  /** Hangs up every connection but goes on listening. */
  synchronized void hangUp() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  @Override
  public void close() {
    try {
      server.close();
      // It may have a connection in its hands yet.
      requireNonNull(accepting, "accepting").join(PATIENCE_NANOS / 1_000_000);
      hangUp();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private synchronized void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError(name + " waited in vain for " + what);
      }
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket socket = server.accept();
      int index;
      synchronized (this) {
        if (server.isClosed()) {
          // It stood in the backlog, unused, and would outlive this server.
          socket.close();
          return;
        }
        index = accepted++;
        open.add(socket);
        notifyAll();
      }
      Thread unused = run("upstream " + name + " connection " + index, () -> serve(socket, index));
    }
  }

  private void serve(Socket socket, int index) throws IOException {
    try (socket) {
      while (true) {
        if (answeredEarly(socket)) {
          return;
        }
        Received request = read(socket.getInputStream(), index);
        Behaviour next;
        synchronized (this) {
          received.add(request);
          notifyAll();
          next = script.isEmpty() ? Behaviour.answer(200, name) : script.remove();
        }
        next.perform(socket, this);
      }
    } finally {
      synchronized (this) {
        open.remove(socket);
        notifyAll();
      }
    }
  }

  private boolean answeredEarly(Socket socket) throws IOException {
    int status;
    synchronized (this) {
      status = early;
    }
    if (status == 0) {
      return false;
    }
    while (!line(socket.getInputStream()).isEmpty()) {
      // The head is of no interest.
    }
    Behaviour.answer(status, "early", "Connection: close").perform(socket, this);
    socket.shutdownOutput();
    // A close with unread bytes would reset the connection and might overtake the answer.
    byte[] rest = new byte[64 * 1024];
    while (socket.getInputStream().read(rest) >= 0) {
      // Until the client has seen the answer.
    }
    return true;
  }

  private static Received read(InputStream in, int connection) throws IOException {
    String[] line = line(in).split(" ", -1);
    List<String> headers = new ArrayList<>();
    long length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      headers.add(header);
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        length = -1;
      }
    }
    String body = length < 0 ? chunked(in) : new String(in.readNBytes((int) length), ISO_8859_1);
    return new Received(connection, line[0], line[1], List.copyOf(headers), body);
  }

  private static String chunked(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
      body.append(new String(in.readNBytes(size), ISO_8859_1));
      line(in);
    }
    line(in);
    return body.toString();
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private Thread run(String threadName, IoAction action) {
    Thread thread =
        new Thread(
            () -> {
              try {
                action.run();
              } catch (IOException expected) {
                // The test or the client closed the connection.
              }
            },
            threadName);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private interface IoAction {
    void run() throws IOException;
  }

  /**
   * A request as it arrived.
   *
   * @param connection the number of its connection, from 0
   * @param headers lines as they came
   */
  record Received(int connection, String method, String target, List<String> headers, String body) {
    /** The value of the header of this name; empty when there is none. */
    String header(String wanted) {
      String prefix = wanted.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip())
          .findFirst()
          .orElse("");
    }
  }

  /** What is done to one request. Leaves the connection open unless it closes it. */
  @FunctionalInterface
  interface Behaviour {
    void perform(Socket socket, Upstream upstream) throws IOException;

    /** Goes on with another behaviour when it is told to, and tells when that is done. */
    default Behaviour andWhen(CountDownLatch told, Behaviour next, CountDownLatch done) {
      return (socket, upstream) -> {
        perform(socket, upstream);
        try {
          told.await();
        } catch (InterruptedException e) {
          throw new InterruptedIOException();
        }
        next.perform(socket, upstream);
        done.countDown();
      };
    }

    /** Answers with a body of known length, and keeps the connection. */
    static Behaviour answer(int status, String body, String... headerLines) {
      return raw(head(status, body.length(), headerLines) + body);
    }

    /** Sends these bytes and keeps the connection. */
    static Behaviour raw(String text) {
      return (socket, upstream) -> socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Does one thing and then hangs up, without having said so. */
    static Behaviour hangUpAfter(Behaviour first) {
      return (socket, upstream) -> {
        first.perform(socket, upstream);
        socket.close();
      };
    }

    /** Hangs up. */
    static Behaviour hangUp() {
      return (socket, upstream) -> socket.close();
    }

    /** Ends the connection with a TCP reset. */
    static Behaviour reset() {
      return (socket, upstream) -> {
        socket.setSoLinger(true, 0);
        socket.close();
      };
    }

    /** Says nothing (more) until the client hangs up or the server is closed. */
    static Behaviour silence() {
      return (socket, upstream) -> {
        if (socket.getInputStream().read() >= 0) {
          throw new IOException("unexpected byte");
        }
        socket.close();
      };
    }

    /** Sends these bytes, then says nothing more. */
    static Behaviour stallAfter(String text) {
      return (socket, upstream) -> {
        raw(text).perform(socket, upstream);
        silence().perform(socket, upstream);
      };
    }

    /** A response head that announces a body of {@code length} bytes. */
    static String head(int status, long length, String... headerLines) {
      StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Said\r\n");
      for (String line : headerLines) {
        head.append(line).append("\r\n");
      }
      return head.append("Content-Length: ").append(length).append("\r\n\r\n").toString();
    }
  }
}
