package io.librarymesh.controlplane.serve;

import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceError;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * The gRPC side of a stream: hands what arrives to the state executor and asks for the next request
 * when that has dealt with the last, so that a client cannot queue more than one.
 */
final class DiscoveryService extends AggregatedDiscoveryServiceImplBase {

  private final StateExecutor executor;
  private final DiscoveryState state;
  private final Optional<LongSupplier> ages;
  private final long lossGraceNanos;
  private final AtomicLong streams = new AtomicLong();

  /**
   * Serves a state.
   *
   * @param ages how old each new stream may become, in nanoseconds; absent for any age
   * @param lossGrace for how long a client that was lost is expected back
   */
  DiscoveryService(
      StateExecutor executor,
      DiscoveryState state,
      Optional<LongSupplier> ages,
      Duration lossGrace) {
    this.executor = executor;
    this.state = state;
    this.ages = ages;
    this.lossGraceNanos = lossGrace.toNanos();
  }

  /** The aggregated service and, beside it, one for each type. */
  List<ServerServiceDefinition> definitions() {
    List<ServerServiceDefinition> definitions = new ArrayList<>();
    definitions.add(bindService());
    for (SeparateService separate : SeparateService.values()) {
      definitions.add(separate.bind(this));
    }
    return definitions;
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> responses) {
    return incremental(Scope.AGGREGATED, responses);
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamAggregatedResources(
      StreamObserver<DiscoveryResponse> responses) {
    return stateOfTheWorld(Scope.AGGREGATED, responses);
  }

  StreamObserver<DeltaDiscoveryRequest> incremental(
      Scope scope, StreamObserver<DeltaDiscoveryResponse> responses) {
    ServerCallStreamObserver<DeltaDiscoveryResponse> call =
        (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses;
    ClientStream stream =
        stream(Variant.INCREMENTAL, scope, new Incremental(call, state.metrics()));
    return accept(call, stream, ClientStream::onRequest);
  }

  StreamObserver<DiscoveryRequest> stateOfTheWorld(
      Scope scope, StreamObserver<DiscoveryResponse> responses) {
    ServerCallStreamObserver<DiscoveryResponse> call =
        (ServerCallStreamObserver<DiscoveryResponse>) responses;
    ClientStream stream =
        stream(Variant.STATE_OF_THE_WORLD, scope, new StateOfTheWorld(call, state.metrics()));
    return accept(call, stream, ClientStream::onRequest);
  }

  private ClientStream stream(Variant variant, Scope scope, Outgoing outgoing) {
    String id = "stream-" + streams.incrementAndGet();
    return new ClientStream(id, PeerAddress.current(), variant, scope, state, outgoing);
  }

  private <Q, R> StreamObserver<Q> accept(
      ServerCallStreamObserver<R> call,
      ClientStream stream,
      BiConsumer<ClientStream, Q> onRequest) {
    call.disableAutoRequest();
    call.setOnReadyHandler(() -> executor.execute(stream::flush));
    Runnable forgetAge = limitAge(stream);
    Runnable close =
        () -> {
          forgetAge.run();
          if (stream.close()) {
            awaitReturn(stream);
          }
        };
    call.setOnCancelHandler(() -> executor.execute(close));
    executor.execute(() -> state.opened(stream));
    call.request(1);
    return new StreamObserver<>() {
      @Override
      public void onNext(Q request) {
        executor.execute(
            () -> {
              onRequest.accept(stream, request);
              call.request(1);
            });
      }

      @Override
      public void onError(Throwable cause) {
        executor.execute(close);
      }

      @Override
      public void onCompleted() {
        executor.execute(
            () -> {
              forgetAge.run();
              if (stream.goodbye() && !call.isCancelled()) {
                call.onCompleted();
              }
            });
      }
    };
  }

  /** Ends the stream when it has come of age; running what is returned lets it live. */
  private Runnable limitAge(ClientStream stream) {
    return ages.map(age -> executor.schedule(() -> retire(stream), age.getAsLong()))
        .orElse(() -> {});
  }

  private void retire(ClientStream stream) {
    stream.retire();
    awaitReturn(stream);
  }

  private void awaitReturn(ClientStream stream) {
    if (state.isAwaited(stream)) {
      executor.schedule(
          () -> {
            if (state.giveUp(stream)) {
              awaitReturn(stream);
            }
          },
          lossGraceNanos);
    }
  }

  /** Writes incremental responses. */
  private record Incremental(
      ServerCallStreamObserver<DeltaDiscoveryResponse> call, ServeMetrics metrics)
      implements Outgoing {

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(Response response) {
      DeltaDiscoveryResponse.Builder message =
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(response.type().typeUrl())
              .setNonce(response.nonce())
              .addAllRemovedResources(response.removed());
      response.resources().forEach(resource -> message.addResources(resource.resource()));
      response.absences().forEach((name, why) -> message.addResourceErrors(error(name, why)));
      metrics.sent(response.type(), write(call, message.build()));
    }

    @Override
    public void close(Status status) {
      end(call, status);
    }
  }

  /** Writes state-of-the-world responses; what is removed is what is missing. */
  private record StateOfTheWorld(
      ServerCallStreamObserver<DiscoveryResponse> call, ServeMetrics metrics) implements Outgoing {

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(Response response) {
      DiscoveryResponse.Builder message =
          DiscoveryResponse.newBuilder()
              .setTypeUrl(response.type().typeUrl())
              .setNonce(response.nonce())
              .setVersionInfo(EncodedResource.versionOf(response.resources()));
      response.resources().forEach(resource -> message.addResources(resource.any()));
      response.absences().forEach((name, why) -> message.addResourceErrors(error(name, why)));
      metrics.sent(response.type(), write(call, message.build()));
    }

    @Override
    public void close(Status status) {
      end(call, status);
    }
  }

  private static ResourceError error(String name, Absence absence) {
    Code code = absence.kind() == Absence.Kind.NOT_FOUND ? Code.NOT_FOUND : Code.PERMISSION_DENIED;
    return ResourceError.newBuilder()
        .setResourceName(ResourceName.newBuilder().setName(name))
        .setErrorDetail(
            com.google.rpc.Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(absence.reason()))
        .build();
  }

  private static void end(ServerCallStreamObserver<?> call, Status status) {
    if (call.isCancelled()) {
      return;
    }
    if (status.isOk()) {
      call.onCompleted();
    } else {
      call.onError(status.asRuntimeException());
    }
  }

  /**
   * Returns how many bytes these were. A client that has gone meanwhile is no error; its
   * cancellation is on its way.
   */
  private static <R extends Message> int write(ServerCallStreamObserver<R> call, R response) {
    try {
      call.onNext(response);
    } catch (StatusRuntimeException e) {
      if (!call.isCancelled()) {
        throw e;
      }
    }
    return response.getSerializedSize();
  }
}
