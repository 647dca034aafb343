package io.librarymesh.benchmarks.load;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
 * back when it breaks, as ours does: after a random part of a second.
 *
 * <p>What it is to wait for is set while it is quiet; responses are taken on the event loop of its
 * connection.
 */
final class LoadClient {

  private static final int LONGEST_BACK_OFF_MILLIS = 1_000;
  private static final int MAX_BYTES = 1 << 29;
  private static final int WINDOW_BYTES = 1 << 20;

  private final Wants wants;
  private final Node node;
  private final InetSocketAddress address;
  private final ScheduledExecutorService timer;
  private final SplittableRandom random;
  private final MethodDescriptor<ByteString, Reply> method;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong attempts = new AtomicLong();
  private final Map<String, String> clusterVersions = new ConcurrentHashMap<>();
  private final Map<String, String> endpointVersions = new ConcurrentHashMap<>();
  private volatile boolean remembers;
  private volatile Expected expected = new Expected(0, 0, new CountDownLatch(0));
  private volatile @Nullable ManagedChannel channel;
  private volatile boolean closed;

  /** What has to arrive: at least so many resources; counted down on one event loop. */
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

  LoadClient(int id, int port, Wants wants, ScheduledExecutorService timer) {
    this.wants = wants;
    this.timer = timer;
    this.random = new SplittableRandom(id);
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.node = Node.newBuilder().setId("load-" + id).setUserAgentName("load").build();
    this.method =
        MethodDescriptor.<ByteString, Reply>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(wants.variant().fullMethod())
            .setRequestMarshaller(new Requests())
            .setResponseMarshaller(new Replies())
            .build();
  }

  Wants wants() {
    return wants;
  }

  /** From now on takes note of names and versions. */
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

  /** Bytes of all responses. */
  long bytes() {
    return bytes.get();
  }

  /** How many streams it has begun. */
  long attempts() {
    return attempts.get();
  }

  /** Connects; a connection that failed is never tried again, each attempt has a new one. */
  void start() {
    ManagedChannel before = channel;
    if (before != null) {
      before.shutdownNow();
    }
    if (!closed) {
      attempts.incrementAndGet();
      ManagedChannel opened =
          NettyChannelBuilder.forAddress(address)
              .usePlaintext()
              .directExecutor()
              .maxInboundMessageSize(MAX_BYTES)
              .flowControlWindow(WINDOW_BYTES)
              .disableRetry()
              .build();
      channel = opened;
      ClientCall<ByteString, Reply> call = opened.newCall(method, CallOptions.DEFAULT);
      call.start(new Stream(call), new Metadata());
      call.sendMessage(wants.subscribe(Wants.CLUSTERS, node));
      call.request(1);
    }
  }

  /** Ends the stream and the connection. */
  void close() {
    closed = true;
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  /** What arrives on one stream. */
  private final class Stream extends ClientCall.Listener<Reply> {

    private final ClientCall<ByteString, Reply> call;
    private boolean askedForEndpoints;

    Stream(ClientCall<ByteString, Reply> call) {
      this.call = call;
    }

    @Override
    public void onMessage(Reply reply) {
      bytes.addAndGet(reply.bytes());
      call.sendMessage(wants.acknowledge(reply));
      (reply.typeUrl().equals(Wants.CLUSTERS) ? clusterVersions : endpointVersions)
          .putAll(reply.versions());
      if (!askedForEndpoints) {
        askedForEndpoints = true;
        call.sendMessage(wants.subscribe(Wants.ENDPOINTS, node));
      }
      expected.arrived(reply);
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!closed) {
        int millis = 1 + random.nextInt(LONGEST_BACK_OFF_MILLIS);
        var unused = timer.schedule(LoadClient.this::start, millis, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Bytes as they are. */
  private static final class Requests implements MethodDescriptor.Marshaller<ByteString> {

    @Override
    public InputStream stream(ByteString request) {
      return request.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only written");
    }
  }

  /** Reads without making objects of resources. */
  private final class Replies implements MethodDescriptor.Marshaller<Reply> {

    @Override
    public InputStream stream(Reply reply) {
      throw new UnsupportedOperationException("responses are only read");
    }

    @Override
    public Reply parse(InputStream stream) {
      try {
        return Reply.read(stream, remembers);
      } catch (IOException e) {
        throw Status.INTERNAL.withCause(e).asRuntimeException();
      }
    }
  }
}
