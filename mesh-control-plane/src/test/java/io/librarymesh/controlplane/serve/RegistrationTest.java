package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.AdsClients.workload;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workloads join with their stream and leave with it; XE9. */
class RegistrationTest {

  private static final String INBOUND = "xds.istio.io/grpc/lds/inbound/127.0.0.1:41234";

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Delta register(String id, int port) {
    return new Delta(
        mesh.channel,
        workload(id, "default", Map.of("app", "a"), "127.0.0.1", port),
        LISTENER,
        INBOUND);
  }

  private static List<Integer> ports(DeltaDiscoveryResponse response)
      throws InvalidProtocolBufferException {
    return response
        .getResources(0)
        .getResource()
        .unpackSameTypeAs(ClusterLoadAssignment.getDefaultInstance())
        .getEndpointsList()
        .stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(e -> e.getEndpoint().getAddress().getSocketAddress().getPortValue())
        .toList();
  }

  @Test
  void workloadJoinsTheServicesThatSelectItAndLeavesWhenItCloses() throws Exception {
    Delta caller = new Delta(mesh.channel, node("caller", "default"), ENDPOINT, CLUSTER_A);
    assertThat(ports(caller.accept())).isEmpty();
    Delta first = register("a-1", 41234);
    assertThat(first.accept().getRemovedResourcesList()).containsExactly(INBOUND);
    assertThat(ports(caller.accept())).containsExactly(41234);
    Delta second = register("a-2", 41235);
    assertThat(ports(caller.accept())).containsExactly(41234, 41235);

    first.close();
    assertThat(ports(caller.accept())).containsExactly(41235);
    second.die();
    assertThat(ports(caller.accept())).isEmpty();
    caller.assertQuiet();
  }

  @Test
  void reconnectedWorkloadStaysWhenItsOldStreamEnds() throws Exception { // XE9
    Delta caller = new Delta(mesh.channel, node("caller", "default"), ENDPOINT, CLUSTER_A);
    caller.accept();
    Delta old = register("a-1", 41234);
    assertThat(ports(caller.accept())).containsExactly(41234);
    register("a-1", 41234).accept();
    old.die();
    mesh.await("old stream gone", status -> status.clients().size() == 2);

    caller.assertQuiet();
    assertThat(endpoints()).extracting(ServiceEndpoint::port).containsExactly(41234);
  }

  @Test
  void workloadOfAnotherNamespaceDoesNotJoin() {
    new Delta(
            mesh.channel,
            workload("a-1", "other", Map.of("app", "a"), "127.0.0.1", 41234),
            LISTENER,
            INBOUND)
        .accept();

    assertThat(endpoints()).isEmpty();
  }

  @Test
  void registrationThatCannotBeUsedIsShownAndTheStreamLives() {
    Delta client =
        new Delta(
            mesh.channel,
            workload("a-1", "default", Map.of("app", "a"), "some-host", 41234),
            ENDPOINT,
            CLUSTER_A);

    assertThat(client.accept().getResourcesList()).hasSize(1);
    assertThat(mesh.status().clients().get(0).registrationProblem())
        .isEqualTo("io.librarymesh.registration.address: some-host (expected: an IP address)");
    assertThat(endpoints()).isEmpty();
  }

  private List<ServiceEndpoint> endpoints() {
    return mesh.status().services().stream().flatMap(s -> s.endpoints(80).stream()).toList();
  }
}
