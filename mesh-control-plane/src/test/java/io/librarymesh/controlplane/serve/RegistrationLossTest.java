package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of a workload whose stream is lost, and of many: XE9, XE18. */
class RegistrationLossTest {
  private static final Outgoing DEAF =
      new Outgoing() {
        @Override
        public boolean isReady() {
          return false;
        }

        @Override
        public void send(Response response) {}

        @Override
        public void close(Status status) {}
      };

  private final Metrics metrics = new Metrics();
  private final DiscoveryState state = States.withService(metrics);
  private int streams;

  @Test
  void whoSaysGoodbyeLeavesAtOnce() {
    ClientStream one = register("one", 1);
    one.goodbye();
    assertThat(ports()).isEmpty();
    assertThat(state.isAwaited(one)).isFalse();
  }

  @Test
  void whoIsLostStaysForAWhile() {
    ClientStream one = register("one", 1);
    one.close();
    assertThat(ports()).containsExactly(1);
    assertThat(state.isAwaited(one)).isTrue();
    assertThat(state.giveUp(one)).isFalse();
    assertThat(ports()).isEmpty();
  }

  @Test
  void whoReturnsInTimeWasNeverAway() {
    ClientStream before = register("one", 1);
    before.close();
    ClientStream after = register("one", 1);
    assertThat(state.giveUp(before)).isFalse();
    assertThat(ports()).containsExactly(1);
    after.goodbye();
    assertThat(ports()).isEmpty();
  }

  @Test
  void countsWhoIsWaitedFor() {
    ClientStream before = register("one", 1);
    before.close();
    assertThat(metrics.text()).contains("librarymesh_workloads_lost 1\n");
    register("one", 1);
    assertThat(metrics.text()).contains("librarymesh_workloads_lost 0\n");
  }

  @Test
  void whoReturnsElsewhereIsThereOnly() {
    register("one", 1).close();
    register("one", 2);
    assertThat(ports()).containsExactly(2);
  }

  @Test
  void theEndOfAnOldStreamDoesNotDisturbTheNewOne() { // XE9
    ClientStream before = register("one", 1);
    register("one", 1);
    before.close();
    assertThat(state.isAwaited(before)).isFalse();
    assertThat(ports()).containsExactly(1);
  }

  @Test
  void whoWasSentAwayIsWaitedFor() { // XE18
    ClientStream one = register("one", 1);
    one.retire();
    one.close();
    assertThat(ports()).containsExactly(1);
    assertThat(state.isAwaited(one)).isTrue();
  }

  @Test
  void whenMostAreLostNobodyIsGivenUp() {
    ClientStream first = register("1", 1);
    ClientStream second = register("2", 2);
    ClientStream third = register("3", 3);
    register("4", 4);
    register("5", 5);
    List.of(first, second, third).forEach(ClientStream::close);

    assertThat(state.giveUp(first)).as("wait once more").isTrue();
    assertThat(ports()).containsExactly(1, 2, 3, 4, 5);

    register("2", 2);
    assertThat(state.giveUp(first)).as("two of five are lost").isFalse();
    assertThat(ports()).containsExactly(2, 3, 4, 5);
  }

  @Test
  void ofFewWorkloadsAllMayBeGone() {
    ClientStream first = register("1", 1);
    ClientStream second = register("2", 2);
    first.close();
    second.close();
    assertThat(state.giveUp(first)).isFalse();
    assertThat(state.giveUp(second)).isFalse();
    assertThat(ports()).isEmpty();
  }

  @Test
  void aSecondProcessOfOneIdIsNotRegistered() {
    ClientStream first = register("one", 1);
    ClientStream second = register("one", 2);
    assertThat(ports()).containsExactly(1);
    assertThat(second.registrationProblem())
        .isEqualTo(
            "node.id: one is registered at 127.0.0.1:1 (expected: an id of its own for each"
                + " process)");
    assertThat(first.registrationProblem()).isEmpty();
  }

  @Test
  void theSecondProcessOfOneIdTakesThePlaceOfTheFirst() {
    ClientStream first = register("one", 1);
    ClientStream second = register("one", 2);
    first.close();
    assertThat(ports()).containsExactly(2);
    assertThat(second.registrationProblem()).isEmpty();
    second.goodbye();
    assertThat(ports()).isEmpty();
  }

  @Test
  void aProcessThatTakesItsRegistrationBackIsGoneThoughItsOldStreamLives() {
    register("one", 1);
    connect(AdsClients.node("one", "default"));
    assertThat(ports()).isEmpty();
  }

  private ClientStream register(String id, int port) {
    return connect(AdsClients.workload(id, "default", Map.of("app", "a"), "127.0.0.1", port));
  }

  private ClientStream connect(Node node) {
    ClientStream stream =
        new ClientStream("stream-" + streams++, Variant.INCREMENTAL, Scope.AGGREGATED, state, DEAF);
    state.opened(stream);
    stream.onRequest(
        DeltaDiscoveryRequest.newBuilder().setNode(node).setTypeUrl(ROUTE.typeUrl()).build());
    return stream;
  }

  private List<Integer> ports() {
    state.push();
    return state.context().registry().services().toList().get(0).endpoints(80).stream()
        .map(ServiceEndpoint::port)
        .toList();
  }
}
