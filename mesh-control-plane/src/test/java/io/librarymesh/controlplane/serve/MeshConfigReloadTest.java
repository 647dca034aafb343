package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Settings of the mesh that change reach the clients that are connected. */
class MeshConfigReloadTest {
  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private void settings(String settings) {
    mesh.store.put(
        "istio.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n"
            + settings.indent(4));
  }

  private static long connectTimeout(DeltaDiscoveryResponse response, int resource)
      throws InvalidProtocolBufferException {
    return response
        .getResources(resource)
        .getResource()
        .unpackSameTypeAs(Cluster.getDefaultInstance())
        .getConnectTimeout()
        .getSeconds();
  }

  @Test
  void whatDependsOnThemIsSentAnew() throws Exception {
    Delta client = new Delta(mesh.channel, node("c", "default"), CLUSTER, CLUSTER_A, CLUSTER_B);
    assertThat(connectTimeout(client.accept(), 0)).isEqualTo(10);

    settings("connectTimeout: 3s");
    DeltaDiscoveryResponse update = client.accept();

    assertThat(update.getResourcesCount()).isEqualTo(2);
    assertThat(connectTimeout(update, 0)).isEqualTo(3);
    assertThat(connectTimeout(update, 1)).isEqualTo(3);
    mesh.store.remove("istio.yaml");
    assertThat(connectTimeout(client.accept(), 0)).isEqualTo(10);
    client.assertQuiet();
  }

  @Test
  void theClusterOfUnknownHostsFollowsToo() throws Exception {
    Delta client = new Delta(mesh.channel, node("c", "default"), CLUSTER, "PassthroughCluster");
    client.accept();

    settings("connectTimeout: 3s");

    assertThat(connectTimeout(client.accept(), 0)).isEqualTo(3);
  }

  @Test
  void whatDoesNotDependOnThemIsNotSent() {
    Delta client = new Delta(mesh.channel, node("c", "default"), ROUTE, CLUSTER_A);
    client.accept();

    settings("connectTimeout: 3s");
    mesh.await("the settings", status -> status.generation() == mesh.store.snapshot().generation());

    client.assertQuiet();
  }

  @Test
  void servicesThatNobodyMaySeeAnyLongerLeave() throws Exception {
    Delta client = new Delta(mesh.channel, node("c", "elsewhere"), CLUSTER, CLUSTER_A);
    assertThat(client.accept().getResourcesCount()).isEqualTo(1);

    settings("defaultServiceExportTo: ['.']");

    assertThat(client.accept().getRemovedResourcesList()).containsExactly(CLUSTER_A);
  }
}
