package io.librarymesh.controlplane.serve;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The gRPC side of a stream: hands what arrives to the state executor and asks for the next request
 * when that has dealt with the last, so that a client cannot queue more than one.
 */
final class DiscoveryService extends AggregatedDiscoveryServiceImplBase {

  private final StateExecutor executor;
  private final DiscoveryState state;
  private final AtomicLong streams = new AtomicLong();

  DiscoveryService(StateExecutor executor, DiscoveryState state) {
    this.executor = executor;
    this.state = state;
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
    ClientStream stream = stream(Variant.INCREMENTAL, scope, new Incremental(call));
    return accept(call, stream, ClientStream::onRequest);
  }

  StreamObserver<DiscoveryRequest> stateOfTheWorld(
      Scope scope, StreamObserver<DiscoveryResponse> responses) {
    ServerCallStreamObserver<DiscoveryResponse> call =
        (ServerCallStreamObserver<DiscoveryResponse>) responses;
    ClientStream stream = stream(Variant.STATE_OF_THE_WORLD, scope, new StateOfTheWorld(call));
    return accept(call, stream, ClientStream::onRequest);
  }

  private ClientStream stream(Variant variant, Scope scope, Outgoing outgoing) {
    return new ClientStream("stream-" + streams.incrementAndGet(), variant, scope, state, outgoing);
  }

  private <Q, R> StreamObserver<Q> accept(
      ServerCallStreamObserver<R> call,
      ClientStream stream,
      BiConsumer<ClientStream, Q> onRequest) {
    call.disableAutoRequest();
    call.setOnReadyHandler(() -> executor.execute(stream::flush));
    call.setOnCancelHandler(() -> executor.execute(stream::close));
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
        executor.execute(stream::close);
      }

      @Override
      public void onCompleted() {
        executor.execute(
            () -> {
              if (stream.close() && !call.isCancelled()) {
                call.onCompleted();
              }
            });
      }
    };
  }

  /** Writes incremental responses. */
  private record Incremental(ServerCallStreamObserver<DeltaDiscoveryResponse> call)
      implements Outgoing {

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(
        ResourceType type, String nonce, List<EncodedResource> resources, List<String> removed) {
      DeltaDiscoveryResponse.Builder response =
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(type.typeUrl())
              .setNonce(nonce)
              .addAllRemovedResources(removed);
      resources.forEach(resource -> response.addResources(resource.resource()));
      write(call, response.build());
    }

    @Override
    public void close(Status status) {
      call.onError(status.asRuntimeException());
    }
  }

  /** Writes state-of-the-world responses; what is removed is what is missing. */
  private record StateOfTheWorld(ServerCallStreamObserver<DiscoveryResponse> call)
      implements Outgoing {

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(
        ResourceType type, String nonce, List<EncodedResource> resources, List<String> removed) {
      DiscoveryResponse.Builder response =
          DiscoveryResponse.newBuilder()
              .setTypeUrl(type.typeUrl())
              .setNonce(nonce)
              .setVersionInfo(EncodedResource.versionOf(resources));
      resources.forEach(resource -> response.addResources(resource.any()));
      write(call, response.build());
    }

    @Override
    public void close(Status status) {
      call.onError(status.asRuntimeException());
    }
  }

  /** A client that has gone meanwhile is no error; its cancellation is on its way. */
  private static <R> void write(ServerCallStreamObserver<R> call, R response) {
    try {
      call.onNext(response);
    } catch (StatusRuntimeException e) {
      if (!call.isCancelled()) {
        throw e;
      }
    }
  }
}
