package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server says of endpoints while the workloads of before its restart come back. */
class RegistrationGraceTest {
  private static final String CLUSTER_A = ServerFixture.cluster("a");

  private final DiscoveryState state = States.withService(new Metrics());
  private final List<String> sent = new ArrayList<>();
  private final Outgoing outgoing =
      new Outgoing() {
        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void send(Response response) {
          response.resources().forEach(resource -> sent.add("sent " + resource.name()));
          response.removed().forEach(name -> sent.add("removed " + name));
        }

        @Override
        public void close(Status status) {
          assertThat(status).isEqualTo(Status.OK);
        }
      };

  @BeforeEach
  void start() {
    state.push();
    state.gathering(true);
  }

  private ClientStream connect(String id, Variant variant) {
    ClientStream stream = new ClientStream(id, variant, Scope.AGGREGATED, state, outgoing);
    state.opened(stream);
    return stream;
  }

  private void subscribeIncrementally() {
    connect("client", Variant.INCREMENTAL)
        .onRequest(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(AdsClients.node("client", "default"))
                .setTypeUrl(ENDPOINT.typeUrl())
                .addResourceNamesSubscribe(CLUSTER_A)
                .build());
  }

  private void register() {
    connect("workload", Variant.INCREMENTAL)
        .onRequest(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(AdsClients.workload("a", "default", Map.of("app", "a"), "127.0.0.1", 1))
                .setTypeUrl(ROUTE.typeUrl())
                .build());
    state.push();
  }

  @Test
  void nothingIsSaidUntilAWorkloadIsBack() {
    subscribeIncrementally();
    assertThat(sent).isEmpty();
    register();
    assertThat(sent).containsExactly("sent " + CLUSTER_A);
  }

  @Test
  void stateOfTheWorldClientsWaitAsWell() {
    connect("client", Variant.STATE_OF_THE_WORLD)
        .onRequest(
            DiscoveryRequest.newBuilder()
                .setNode(AdsClients.node("client", "default"))
                .setTypeUrl(ENDPOINT.typeUrl())
                .addResourceNames(CLUSTER_A)
                .build());
    assertThat(sent).isEmpty();
    register();
    assertThat(sent).containsExactly("sent " + CLUSTER_A);
  }

  @Test
  void endOfTheGraceTellsThatNobodyIsThere() {
    subscribeIncrementally();
    state.gathering(false);
    assertThat(sent).containsExactly("sent " + CLUSTER_A);
  }

  @Test
  void workloadsThatLeaveWithinTheGraceAreGone() {
    subscribeIncrementally();
    register();
    sent.clear();
    stream("workload").goodbye();
    state.push();
    assertThat(sent).containsExactly("sent " + CLUSTER_A);
  }

  @Test
  void clustersThatDoNotExistAreToldAtOnce() {
    connect("client", Variant.INCREMENTAL)
        .onRequest(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(AdsClients.node("client", "default"))
                .setTypeUrl(ENDPOINT.typeUrl())
                .addResourceNamesSubscribe("outbound|80||*.nowhere")
                .build());
    assertThat(sent).containsExactly("removed outbound|80||*.nowhere");
  }

  private ClientStream stream(String id) {
    return state.streams().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
  }
}
