package io.librarymesh.benchmarks.load;

import com.google.protobuf.ByteString;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One client: a connection of its own and a stream on it, which accepts every response and comes
 * back when it breaks, as ours does: after a random part of a second. It speaks HTTP/2 by itself,
 * with windows as ours has them, and reads no resource.
 *
 * <p>What it is to wait for is set while it is quiet; responses are taken on the loop.
 */
final class LoadClient {

  private static final int LONGEST_BACK_OFF_MILLIS = 1_000;
  private static final int WINDOW_BYTES = 1 << 20;

  private final Wants wants;
  private final Node node;
  private final InetSocketAddress address;
  private final LoadLoop loop;
  private final ScheduledExecutorService timer;
  private final SplittableRandom random;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong attempts = new AtomicLong();
  private final Map<String, String> clusterVersions = new ConcurrentHashMap<>();
  private final Map<String, String> endpointVersions = new ConcurrentHashMap<>();
  private volatile Arrivals arrivals = (nanos, resources) -> {};
  private volatile boolean remembers;
  private volatile Expected expected = new Expected(0, 0, new CountDownLatch(0));
  private volatile boolean closed;
  private @Nullable Stream stream;

  /** Told of endpoints. */
  interface Arrivals {

    /** So many have arrived at a time. */
    void arrived(long nanos, int resources);
  }

  /** What has to arrive: at least so many resources; counted down on the loop. */
  private static final class Expected {
    private int clusters;
    private int endpoints;
    private final CountDownLatch done;
    private boolean told;

    Expected(int clusters, int endpoints, CountDownLatch done) {
      this.clusters = clusters;
      this.endpoints = endpoints;
      this.done = done;
    }

    void arrived(Reply reply) {
      if (reply.typeUrl().equals(Wants.CLUSTERS)) {
        clusters -= reply.resources();
      } else {
        endpoints -= reply.resources();
      }
      if (!told && clusters <= 0 && endpoints <= 0) {
        told = true;
        done.countDown();
      }
    }
  }

  LoadClient(int id, int port, Wants wants, LoadLoop loop, ScheduledExecutorService timer) {
    this.wants = wants;
    this.loop = loop;
    this.timer = timer;
    this.random = new SplittableRandom(id);
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.node = Node.newBuilder().setId("load-" + id).setUserAgentName("gRPC load").build();
  }

  /** From now on takes note of names and versions; to be called before it starts. */
  void remember() {
    remembers = true;
  }

  /** Has all who want the same say, when they come again, that they have what it has. */
  void share() {
    wants.know(clusterVersions, endpointVersions);
  }

  /** The latch is counted down when at least so many have arrived from now on. */
  void expect(int clusters, int endpoints, CountDownLatch done) {
    expected = new Expected(clusters, endpoints, done);
  }

  /** Is told, on the loop, of each response with endpoints. */
  void arrivals(Arrivals listener) {
    arrivals = listener;
  }

  /** Bytes of all responses. */
  long bytes() {
    return bytes.get();
  }

  /** How many streams it has begun. */
  long attempts() {
    return attempts.get();
  }

  /** Connects; each attempt has a new connection. */
  void start() {
    loop.execute(
        () -> {
          if (!closed) {
            attempts.incrementAndGet();
            Stream opened = new Stream();
            stream = opened;
            opened.connect();
          }
        });
  }

  /** Ends the stream and the connection. */
  void close() {
    closed = true;
    loop.execute(
        () -> {
          if (stream != null) {
            stream.end();
          }
        });
  }

  private void again() {
    if (!closed) {
      int millis = 1 + random.nextInt(LONGEST_BACK_OFF_MILLIS);
      var unused = timer.schedule(this::start, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** One connection and its stream. */
  private final class Stream implements LoadLoop.Connection {

    private final ReplyReader reader = new ReplyReader(remembers, this::arrived);
    private final Deque<ByteBuffer> unwritten = new ArrayDeque<>();
    private final ByteBuffer header = ByteBuffer.allocate(Http2Writer.FRAME_HEADER);
    private @Nullable SocketChannel channel;
    private int left;
    private byte[] control = new byte[0];
    private int consumed;
    private boolean askedForEndpoints;

    private void connect() {
      try {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        opened.connect(address);
        opened.register(loop.selector(), SelectionKey.OP_CONNECT, this);
      } catch (IOException e) {
        broken();
      }
    }

    @Override
    public void ready(SelectionKey key, ByteBuffer buffer) throws IOException {
      SocketChannel open = (SocketChannel) key.channel();
      if (key.isConnectable()) {
        open.finishConnect();
        key.interestOps(SelectionKey.OP_READ);
        unwritten.add(Http2Writer.open(wants.variant().fullMethod(), WINDOW_BYTES));
      } else if (key.isReadable()) {
        buffer.clear();
        if (open.read(buffer) < 0) {
          throw new EOFException("the server ended the connection");
        }
        read(buffer.flip());
      }
      write(key, open);
    }

    private void say(ByteString message) {
      unwritten.add(Http2Writer.message(message.toByteArray()));
    }

    private void write(SelectionKey key, SocketChannel open) throws IOException {
      if (!unwritten.isEmpty()) {
        open.write(unwritten.toArray(ByteBuffer[]::new));
        unwritten.removeIf(buffer -> !buffer.hasRemaining());
      }
      int ops = SelectionKey.OP_READ | (unwritten.isEmpty() ? 0 : SelectionKey.OP_WRITE);
      if (key.interestOps() != ops) {
        key.interestOps(ops);
      }
    }

    /** Frames come in pieces. */
    private void read(ByteBuffer in) throws IOException {
      while (in.hasRemaining()) {
        if (header.hasRemaining()) {
          header.put(in.get());
          if (!header.hasRemaining()) {
            begin();
          }
        } else {
          ByteBuffer part = in.slice(in.position(), Math.min(left, in.remaining()));
          in.position(in.position() + part.remaining());
          left -= part.remaining();
          take(part);
        }
        if (!header.hasRemaining() && left == 0) {
          end(header.get(3));
          header.clear();
        }
      }
    }

    private void begin() {
      left = header.getInt(0) >>> 8; // 24 bits, then the type
      control = new byte[header.get(3) == Http2Writer.PING ? left : 0];
    }

    private void take(ByteBuffer part) throws IOException {
      int bytesTaken = part.remaining();
      if (header.get(3) == Http2Writer.DATA) {
        reader.read(part);
        consumed += bytesTaken;
        if (consumed >= WINDOW_BYTES / 2) {
          unwritten.add(Http2Writer.windowUpdate(0, consumed));
          unwritten.add(Http2Writer.windowUpdate(1, consumed));
          consumed = 0;
        }
      } else if (control.length > 0) {
        part.get(control, control.length - left - bytesTaken, bytesTaken);
      }
    }

    /** A frame has come as a whole. */
    private void end(int type) throws IOException {
      boolean isAnswer = (header.get(4) & Http2Writer.ACK) != 0;
      switch (type) {
        case Http2Writer.SETTINGS, Http2Writer.PING -> {
          if (!isAnswer) {
            unwritten.add(Http2Writer.answer(type, control));
            if (type == Http2Writer.SETTINGS) {
              say(wants.subscribe(Wants.CLUSTERS, node)); // Its window is known now.
            }
          }
        }
        case Http2Writer.HEADERS -> {
          if ((header.get(4) & Http2Writer.END_STREAM) != 0) {
            throw new EOFException("the server ended the stream");
          }
        }
        case Http2Writer.RST_STREAM, Http2Writer.GO_AWAY ->
            throw new EOFException("the server ended the stream");
        default -> {}
      }
    }

    private void arrived(Reply reply) {
      if (reply.typeUrl().equals(Wants.ENDPOINTS)) {
        arrivals.arrived(System.nanoTime(), reply.resources());
      }
      bytes.addAndGet(reply.bytes());
      say(wants.acknowledge(reply));
      (reply.typeUrl().equals(Wants.CLUSTERS) ? clusterVersions : endpointVersions)
          .putAll(reply.versions());
      if (!askedForEndpoints) {
        askedForEndpoints = true;
        say(wants.subscribe(Wants.ENDPOINTS, node));
      }
      expected.arrived(reply);
    }

    @Override
    public void broken() {
      end();
      again();
    }

    private void end() {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
