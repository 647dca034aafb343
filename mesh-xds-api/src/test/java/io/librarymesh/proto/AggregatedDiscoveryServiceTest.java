package io.librarymesh.proto;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The stubs speak Envoy's method names, both the state-of-the-world one and the incremental. */
final class AggregatedDiscoveryServiceTest {

  @Test
  void methodsHaveEnvoysNames() {
    assertThat(
            AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod().getFullMethodName())
        .isEqualTo(
            "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources");
    assertThat(
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().getFullMethodName())
        .isEqualTo(
            "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources");
  }

  @Test
  void requestsAndResponsesPassThroughTheStubs() throws IOException {
    Server server =
        InProcessServerBuilder.forName("echo")
            .directExecutor()
            .addService(new EchoService())
            .build()
            .start();
    ManagedChannel channel = InProcessChannelBuilder.forName("echo").directExecutor().build();
    try {
      AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub stub =
          AggregatedDiscoveryServiceGrpc.newStub(channel);
      Recorded<DiscoveryResponse> state = new Recorded<>();
      Recorded<DeltaDiscoveryResponse> delta = new Recorded<>();

      stub.streamAggregatedResources(state)
          .onNext(DiscoveryRequest.newBuilder().setTypeUrl("a").setVersionInfo("7").build());
      stub.deltaAggregatedResources(delta)
          .onNext(DeltaDiscoveryRequest.newBuilder().setTypeUrl("b").build());

      assertThat(state.messages)
          .containsExactly(
              DiscoveryResponse.newBuilder().setTypeUrl("a").setVersionInfo("7").build());
      assertThat(delta.messages)
          .containsExactly(DeltaDiscoveryResponse.newBuilder().setTypeUrl("b").build());
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private static final class EchoService
      extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
        StreamObserver<DiscoveryResponse> answers) {
      return new Recorded<>() {
        @Override
        public void onNext(DiscoveryRequest request) {
          answers.onNext(
              DiscoveryResponse.newBuilder()
                  .setTypeUrl(request.getTypeUrl())
                  .setVersionInfo(request.getVersionInfo())
                  .build());
        }
      };
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> answers) {
      return new Recorded<>() {
        @Override
        public void onNext(DeltaDiscoveryRequest request) {
          answers.onNext(
              DeltaDiscoveryResponse.newBuilder().setTypeUrl(request.getTypeUrl()).build());
        }
      };
    }
  }

  private static class Recorded<T> implements StreamObserver<T> {

    final List<T> messages = new ArrayList<>();

    @Override
    public void onNext(T message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
