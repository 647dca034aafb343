package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Row XE17 of the reliability reference: each client sees only what {@code exportTo} and Sidecars
 * let it see, also after another was served the same name (CVE-2021-34824 was a cache key without
 * the namespace).
 */
class VisibilityTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Delta connect(String namespace, String... clusters) {
    return new Delta(mesh.channel, node("client-" + namespace, namespace), CLUSTER, clusters);
  }

  private void sidecar(String namespace, String hosts) {
    mesh.store.put(
        "sidecar-" + namespace + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: default, namespace: %s}
        spec: {egress: [{hosts: %s}]}
        """
            .formatted(namespace, hosts));
  }

  private void exported(String service, String exportTo) {
    mesh.store.put(
        "service-" + service + ".yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, annotations: {networking.istio.io/exportTo: %2$s}}
        spec: {selector: {app: %1$s}, ports: [{name: http, port: 80}]}
        """
            .formatted(service, exportTo));
  }

  /** Waits until what was written is served to those who come. */
  private void inForce() {
    long written = mesh.store.snapshot().generation();
    mesh.await("in force", status -> status.generation() == written);
  }

  /** The first answer says that there is no such cluster. */
  private static void assertUnknown(Delta client, String cluster) {
    DeltaDiscoveryResponse answer = client.accept();
    assertThat(names(answer)).isEmpty();
    assertThat(answer.getRemovedResourcesList()).containsExactly(cluster);
  }

  @Test
  void exportToHoldsAlsoForWhatAnotherClientWasServed() {
    exported("a", "one");
    exported("b", "two");
    inForce();
    Delta one = connect("one", CLUSTER_A);
    assertThat(names(one.accept())).containsExactly(CLUSTER_A);
    Delta two = connect("two", CLUSTER_A);
    assertUnknown(two, CLUSTER_A);
    two.subscribe(CLUSTER, CLUSTER_B);
    assertThat(names(two.accept())).containsExactly(CLUSTER_B);
    one.subscribe(CLUSTER, CLUSTER_B);
    assertUnknown(one, CLUSTER_B);
  }

  @Test
  void sidecarHoldsAlsoForWhatAnotherClientWasServed() {
    sidecar("two", "['*/b.default.svc.cluster.local']");
    inForce();
    Delta one = connect("one", CLUSTER_A);
    assertThat(names(one.accept())).containsExactly(CLUSTER_A);
    assertUnknown(connect("two", CLUSTER_A), CLUSTER_A);
    Delta again = connect("one", CLUSTER_A);
    assertThat(names(again.accept())).containsExactly(CLUSTER_A);
  }

  @Test
  void sidecarThatComesAndChangesIsInForceForThoseThatAreConnected() {
    Delta one = connect("one", CLUSTER_A, CLUSTER_B);
    Delta two = connect("two", CLUSTER_A, CLUSTER_B);
    assertThat(names(one.accept())).containsExactly(CLUSTER_A, CLUSTER_B);
    assertThat(names(two.accept())).containsExactly(CLUSTER_A, CLUSTER_B);

    sidecar("two", "['*/b.default.svc.cluster.local']");
    assertThat(two.accept().getRemovedResourcesList()).containsExactly(CLUSTER_A);
    sidecar("two", "['*/a.default.svc.cluster.local']");
    assertThat(names(two.accept())).containsExactly(CLUSTER_A);
    assertThat(two.accept().getRemovedResourcesList()).containsExactly(CLUSTER_B);
    mesh.store.remove("sidecar-two.yaml");
    assertThat(names(two.accept())).containsExactly(CLUSTER_B);
    two.assertQuiet();
    one.assertQuiet();
  }

  @Test
  void whatImportedRulesSendToComesAndGoesWithThem() {
    sidecar("two", "['*/a.default.svc.cluster.local']");
    inForce();
    Delta two = connect("two", CLUSTER_A, CLUSTER_B);
    assertThat(names(two.accept())).containsExactly(CLUSTER_A);
    assertThat(two.accept().getRemovedResourcesList()).containsExactly(CLUSTER_B);

    mesh.store.put(
        "rules.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: rules}
        spec: {hosts: [a], http: [{route: [{destination: {host: b}}]}]}
        """);
    assertThat(names(two.accept())).containsExactly(CLUSTER_B);
    mesh.store.remove("rules.yaml");
    assertThat(two.accept().getRemovedResourcesList()).containsExactly(CLUSTER_B);
    two.assertQuiet();
  }

  @Test
  void changeBehindASidecarReachesThoseThatSeeItAlone() {
    sidecar("two", "['*/b.default.svc.cluster.local']");
    inForce();
    Delta one = connect("one", CLUSTER_A);
    Delta two = connect("two", CLUSTER_A);
    one.accept();
    assertUnknown(two, CLUSTER_A);
    mesh.policy("a", 7);

    assertThat(names(one.accept())).containsExactly(CLUSTER_A);
    inForce();
    two.assertQuiet();
  }
}
