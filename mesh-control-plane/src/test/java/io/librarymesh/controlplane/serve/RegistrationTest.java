package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.AdsClients.workload;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
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

  private void group(String name, String labels) {
    mesh.store.put(
        "group.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: %s}
        spec: {metadata: {labels: {%s}}, template: {weight: 5}}
        """
            .formatted(name, labels));
  }

  private static Node member(String id, String group) {
    Node node = workload(id, "default", Map.of(), "127.0.0.1", 41234);
    return node.toBuilder()
        .setMetadata(
            node.getMetadata().toBuilder()
                .putFields("AUTO_REGISTER_GROUP", Value.newBuilder().setStringValue(group).build()))
        .build();
  }

  @Test
  void aMemberOfAGroupIsWhatTheGroupSays() throws Exception {
    group("vms", "app: a");
    Delta caller = new Delta(mesh.channel, node("caller", "default"), ENDPOINT, CLUSTER_A);
    caller.accept();
    new Delta(mesh.channel, member("a-1", "vms"), LISTENER, INBOUND).accept();

    assertThat(ports(caller.accept())).containsExactly(41234);
    assertThat(endpoints()).extracting(ServiceEndpoint::weight).containsExactly(5L);
    assertThat(mesh.status().clients())
        .extracting(AdsStatus.Client::registrationProblem)
        .containsOnly("");
  }

  @Test
  void anUnknownGroupIsNamedUntilItIsThere() throws Exception {
    Delta caller = new Delta(mesh.channel, node("caller", "default"), ENDPOINT, CLUSTER_A);
    caller.accept();
    new Delta(mesh.channel, member("a-1", "vms"), LISTENER, INBOUND).accept();

    assertThat(mesh.status().clients())
        .extracting(AdsStatus.Client::registrationProblem)
        .contains("AUTO_REGISTER_GROUP: vms (expected: a WorkloadGroup of the namespace default)");
    assertThat(endpoints()).isEmpty();
    group("vms", "app: a");
    assertThat(ports(caller.accept())).containsExactly(41234);
    assertThat(mesh.status().clients())
        .extracting(AdsStatus.Client::registrationProblem)
        .containsOnly("");
  }

  @Test
  void rulesForLabelsOfTheGroupConcernItsMembers() throws Exception {
    group("vms", "tier: blue");
    mesh.store.put(
        "rules-a.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a}
        spec:
          hosts: [a]
          http:
          - {match: [{sourceLabels: {tier: blue}}], route: [{destination: {host: b}}]}
        """);
    mesh.await("rules in force", s -> s.generation() == mesh.store.snapshot().generation());
    String routes = "outbound|80||a.default.svc.cluster.local";
    Delta member = new Delta(mesh.channel, member("m-1", "vms"), ResourceType.ROUTE, routes);
    Delta other = new Delta(mesh.channel, node("n-1", "default"), ResourceType.ROUTE, routes);

    assertThat(member.accept().toString()).contains("b.default.svc.cluster.local");
    assertThat(other.accept().toString()).doesNotContain("b.default.svc.cluster.local");
  }

  @Test
  void aGroupAloneSaysNotWhereAWorkloadIs() {
    Node node = member("a-1", "vms");
    new Delta(
            mesh.channel,
            node.toBuilder()
                .setMetadata(
                    node.getMetadata().toBuilder().removeFields("io.librarymesh.registration"))
                .build(),
            ENDPOINT,
            CLUSTER_A)
        .accept();

    assertThat(mesh.status().clients().get(0).registrationProblem())
        .isEqualTo(
            "AUTO_REGISTER_GROUP: without io.librarymesh.registration (expected: address and"
                + " ports, too)");
  }

  private List<ServiceEndpoint> endpoints() {
    return mesh.status().services().stream().flatMap(s -> s.endpoints(80).stream()).toList();
  }
}
