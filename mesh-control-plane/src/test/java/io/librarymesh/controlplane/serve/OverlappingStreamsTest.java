package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The old and the new stream of one node that is just connecting anew: XE9. */
class OverlappingStreamsTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Delta delta(Service service) {
    Delta client = new Delta(mesh.channel, service, CLUSTER);
    client.send(
        Delta.request(CLUSTER)
            .setNode(node("client", "default"))
            .addResourceNamesSubscribe(CLUSTER_A));
    client.accept();
    return client;
  }

  private Sotw sotw(Service service) {
    Sotw client = new Sotw(mesh.channel, service, node("client", "default"), CLUSTER, CLUSTER_A);
    client.accept(CLUSTER, CLUSTER_A);
    return client;
  }

  @ParameterizedTest
  @EnumSource
  void bothStreamsAreServedAndTheNewerGoesOn(Service service) throws Exception {
    Delta older = delta(service);
    Delta newer = delta(service);
    mesh.policy("a", 7);
    assertThat(List.of(names(older.accept()), names(newer.accept())))
        .containsOnly(List.of(CLUSTER_A));
    older.close();
    mesh.await("one stream left", s -> s.clients().size() == 1);
    mesh.policy("a", 8);

    assertThat(names(newer.accept())).containsExactly(CLUSTER_A);
    newer.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void theSameHoldsForTheStateOfTheWorld(Service service) throws Exception {
    Sotw older = sotw(service);
    Sotw newer = sotw(service);
    mesh.policy("a", 7);
    assertThat(
            List.of(
                names(older.accept(CLUSTER, CLUSTER_A)), names(newer.accept(CLUSTER, CLUSTER_A))))
        .containsOnly(List.of(CLUSTER_A));
    older.close();
    mesh.await("one stream left", s -> s.clients().size() == 1);
    mesh.policy("a", 8);

    assertThat(names(newer.accept(CLUSTER, CLUSTER_A))).containsExactly(CLUSTER_A);
    newer.assertQuietToTheEnd();
  }
}
