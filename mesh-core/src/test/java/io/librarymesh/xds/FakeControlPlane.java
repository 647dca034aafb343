package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A control plane that does what a test tells it, request by request. Requests wait until the test
 * takes them, so that none goes unseen.
 */
final class FakeControlPlane implements AutoCloseable {
  /** Held, since loggers are held weakly. */
  private static final Logger CLIENT_LOG = Logger.getLogger("io.librarymesh.xds");

  private final String name = "control-plane-" + UUID.randomUUID();
  private final Queue<Stream<DeltaDiscoveryRequest, DeltaDiscoveryResponse>> deltaStreams =
      new ArrayDeque<>();
  private final Queue<Stream<DiscoveryRequest, DiscoveryResponse>> sotwStreams = new ArrayDeque<>();
  private boolean knowsDelta = true;
  private boolean knowsSotw = true;
  private Server server = build(InProcessServerBuilder.forName(name).directExecutor());
  private int channels;

  FakeControlPlane() {
    quiet();
    start();
  }

  /** What the client says to its log is noise in a test. */
  static void quiet() {
    CLIENT_LOG.setLevel(Level.OFF);
  }

  private Server build(ServerBuilder<?> builder) {
    return builder.addService(new Ads()).build();
  }

  void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends every stream; new ones are refused until it is restarted. */
  void kill() {
    server.shutdownNow();
  }

  void restart() {
    server = build(InProcessServerBuilder.forName(name).directExecutor());
    start();
  }

  void withoutDelta() {
    knowsDelta = false;
  }

  void withoutSotw() {
    knowsSotw = false;
  }

  ManagedChannel channel() {
    channels++;
    return InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  /** How often a channel was asked for. */
  int channels() {
    return channels;
  }

  /** The next incremental stream that was opened and not taken yet. */
  Stream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta() {
    return take(deltaStreams);
  }

  /** The next state-of-the-world stream that was opened and not taken yet. */
  Stream<DiscoveryRequest, DiscoveryResponse> sotw() {
    return take(sotwStreams);
  }

  void hasNoNewStream() {
    assertThat(deltaStreams).isEmpty();
    assertThat(sotwStreams).isEmpty();
  }

  private static <S> S take(Queue<S> streams) {
    assertThat(streams).describedAs("streams that were opened").isNotEmpty();
    return streams.remove();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** One stream, as the server sees it. */
  static final class Stream<Q, R> implements StreamObserver<Q> {
    private final StreamObserver<R> responses;
    private final Queue<Q> requests = new ArrayDeque<>();
    private boolean ended;
    private boolean completed;

    private Stream(StreamObserver<R> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(Q request) {
      requests.add(request);
    }

    @Override
    public void onError(Throwable cause) {
      ended = true;
    }

    @Override
    public void onCompleted() {
      ended = true;
      completed = true;
    }

    /** Whether the client has ended it. */
    boolean isEnded() {
      return ended;
    }

    /** Whether the client has ended it in order. */
    boolean isCompleted() {
      return completed;
    }

    /** The next request that was not taken yet. */
    Q next() {
      assertThat(requests).describedAs("requests").isNotEmpty();
      return requests.remove();
    }

    void isQuiet() {
      assertThat(requests).describedAs("requests").isEmpty();
    }

    void send(R response) {
      responses.onNext(response);
    }

    void fail(Status status) {
      responses.onError(status.asRuntimeException());
    }

    void complete() {
      responses.onCompleted();
    }
  }

  private final class Ads
      extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      if (!knowsDelta) {
        return super.deltaAggregatedResources(responses);
      }
      Stream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream = new Stream<>(responses);
      deltaStreams.add(stream);
      return stream;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
        StreamObserver<DiscoveryResponse> responses) {
      if (!knowsSotw) {
        return super.streamAggregatedResources(responses);
      }
      Stream<DiscoveryRequest, DiscoveryResponse> stream = new Stream<>(responses);
      sotwStreams.add(stream);
      return stream;
    }
  }

  /** A resource of an incremental response. */
  static Resource resource(String name, String version, Message message) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion(version)
        .setResource(Any.pack(message))
        .build();
  }

  static DeltaDiscoveryResponse delta(ResourceType<?> type, String nonce, Resource... resources) {
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl(type.typeUrl())
        .setNonce(nonce)
        .addAllResources(List.of(resources))
        .build();
  }

  static DeltaDiscoveryResponse removed(ResourceType<?> type, String nonce, String... names) {
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl(type.typeUrl())
        .setNonce(nonce)
        .addAllRemovedResources(List.of(names))
        .build();
  }

  static DiscoveryResponse sotw(
      ResourceType<?> type, String version, String nonce, Message... resources) {
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setVersionInfo(version)
            .setNonce(nonce);
    for (Message resource : resources) {
      response.addResources(Any.pack(resource));
    }
    return response.build();
  }
}
