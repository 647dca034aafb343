package io.librarymesh.controlplane.serve;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.ca.CallerIdentity;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
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
final class DiscoveryService {

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
    for (ServedService served : ServedService.values()) {
      definitions.add(served.bind(this));
    }
    return definitions;
  }

  StreamObserver<DeltaDiscoveryRequest> incremental(
      Scope scope, StreamObserver<ResponseBytes> responses) {
    return accept(Variant.INCREMENTAL, scope, responses, ClientStream::onRequest);
  }

  StreamObserver<DiscoveryRequest> stateOfTheWorld(
      Scope scope, StreamObserver<ResponseBytes> responses) {
    return accept(Variant.STATE_OF_THE_WORLD, scope, responses, ClientStream::onRequest);
  }

  private <Q> StreamObserver<Q> accept(
      Variant variant,
      Scope scope,
      StreamObserver<ResponseBytes> responses,
      BiConsumer<ClientStream, Q> onRequest) {
    ServerCallStreamObserver<ResponseBytes> call =
        (ServerCallStreamObserver<ResponseBytes>) responses;
    return accept(
        call, stream(variant, scope, new Writer(call, variant, state.metrics())), onRequest);
  }

  private ClientStream stream(Variant variant, Scope scope, Outgoing outgoing) {
    String id = "stream-" + streams.incrementAndGet();
    ClientStream.Origin origin =
        new ClientStream.Origin(PeerAddress.current(), CallerIdentity.current());
    return new ClientStream(id, origin, variant, scope, state, outgoing);
  }

  private <Q> StreamObserver<Q> accept(
      ServerCallStreamObserver<ResponseBytes> call,
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

  /** Writes responses of one variant. */
  private record Writer(
      ServerCallStreamObserver<ResponseBytes> call, Variant variant, ServeMetrics metrics)
      implements Outgoing {

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(Response response) {
      ResponseBytes bytes = ResponseBytes.of(response, variant);
      metrics.sent(response.type(), bytes.size());
      try {
        call.onNext(bytes);
      } catch (StatusRuntimeException e) {
        // A client that has gone meanwhile is no error; its cancellation is on its way.
        if (!call.isCancelled()) {
          throw e;
        }
      }
    }

    @Override
    public void close(Status status) {
      if (call.isCancelled()) {
        return;
      }
      if (status.isOk()) {
        call.onCompleted();
      } else {
        call.onError(status.asRuntimeException());
      }
    }
  }
}
