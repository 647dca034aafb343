package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.Status;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server's side of an incremental stream: checks what it hears and says what it is told. */
final class DeltaDialogue {
  private final VirtualTime time;
  private final FakeControlPlane plane;
  private FakeControlPlane.@Nullable Stream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> taken;

  DeltaDialogue(VirtualTime time, FakeControlPlane plane) {
    this.time = time;
    this.plane = plane;
  }

  /** Goes on with the next stream that was opened. */
  void takeStream() {
    time.run();
    taken = plane.delta();
  }

  FakeControlPlane.Stream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream() {
    return requireNonNull(taken, "a stream was taken");
  }

  void send(DeltaDiscoveryResponse response) {
    stream().send(response);
    time.run();
  }

  DeltaDiscoveryRequest next(ResourceType<?> type) {
    DeltaDiscoveryRequest request = stream().next();
    assertThat(request.getTypeUrl()).isEqualTo(type.typeUrl());
    return request;
  }

  void acknowledged(ResourceType<?> type, String nonce) {
    DeltaDiscoveryRequest request = next(type);
    assertThat(request)
        .isEqualTo(
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setResponseNonce(nonce)
                .build());
  }

  List<String> refused(ResourceType<?> type, String nonce) {
    DeltaDiscoveryRequest request = next(type);
    assertThat(request.getResponseNonce()).isEqualTo(nonce);
    assertThat(request.getErrorDetail().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    return request.getErrorDetail().getMessage().lines().toList();
  }

  void subscribed(ResourceType<?> type, String... names) {
    DeltaDiscoveryRequest request = next(type);
    assertThat(request.getResponseNonce()).isEmpty();
    assertThat(request.getResourceNamesSubscribeList()).containsExactly(names);
    assertThat(request.getResourceNamesUnsubscribeList()).isEmpty();
  }

  void unsubscribed(ResourceType<?> type, String... names) {
    DeltaDiscoveryRequest request = next(type);
    assertThat(request.getResponseNonce()).isEmpty();
    assertThat(request.getResourceNamesSubscribeList()).isEmpty();
    assertThat(request.getResourceNamesUnsubscribeList()).containsExactly(names);
  }

  void isQuiet() {
    stream().isQuiet();
  }

  void fail(Status status) {
    stream().fail(status);
    time.run();
  }

  void complete() {
    stream().complete();
    time.run();
  }
}
