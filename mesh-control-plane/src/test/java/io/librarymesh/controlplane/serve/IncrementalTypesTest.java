package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.grpc;
import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.ServerFixture.cluster;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rows XC13 to XC18 of the reliability reference on the aggregated incremental stream, for every
 * type. The client is gRPC's: for others there is a listener of a host that nobody declares, too,
 * which therefore is neither absent nor removed.
 */
class IncrementalTypesTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Delta connect(ResourceType type, String... names) {
    return new Delta(mesh.channel, grpc("client", "default"), type, names);
  }

  private static String name(ResourceType type, String service) {
    return type == LISTENER ? service + ":80" : cluster(service);
  }

  /** Brings about another version of a service's resource of the type, and of no other type. */
  private void change(ResourceType type, String service, int value) {
    switch (type) {
      case CLUSTER -> mesh.policy(service, value);
      case ROUTE -> mesh.rules(service, value);
      case ENDPOINT -> register(service, value);
      case LISTENER -> mesh.session(service, "sid-" + value);
    }
  }

  private void register(String service, int value) {
    new Delta(
            mesh.channel,
            AdsClients.workload(
                service + "-" + value,
                "default",
                Map.of("app", service),
                "127.0.0.1",
                41000 + value),
            ENDPOINT,
            "outbound|1||nobody")
        .accept();
  }

  @ParameterizedTest
  @EnumSource
  void eachSubscriptionIsAnsweredByItself(ResourceType type) { // XC13
    Delta client = connect(type, name(type, "a"));
    DeltaDiscoveryResponse first = client.accept();
    client.subscribe(type, name(type, "b"));
    DeltaDiscoveryResponse second = client.accept();

    assertThat(names(first)).containsExactly(name(type, "a"));
    assertThat(names(second)).containsExactly(name(type, "b"));
    assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    client.assertQuiet();
  }

  @ParameterizedTest
  @EnumSource
  void updateHoldsOnlyWhatChanged(ResourceType type) { // XC14
    Delta client = connect(type, name(type, "a"), name(type, "b"));
    DeltaDiscoveryResponse first = client.accept();
    change(type, "a", 7);
    DeltaDiscoveryResponse update = client.accept();

    assertThat(names(update)).containsExactly(name(type, "a"));
    assertThat(update.getNonce()).isNotEqualTo(first.getNonce());
    assertThat(first.getResourcesList())
        .noneMatch(r -> r.getVersion().equals(update.getResources(0).getVersion()));
    client.assertQuiet();
  }

  @ParameterizedTest
  @EnumSource
  void absentNameIsToldArrivesIsRemovedAndComesBack(ResourceType type) { // XC15, XC16
    Delta client = connect(type, name(type, "d"));
    assertThat(client.accept().getRemovedResourcesList()).containsExactly(name(type, "d"));
    mesh.service("d");
    DeltaDiscoveryResponse created = client.accept();
    mesh.removeService("d");
    DeltaDiscoveryResponse removed = client.accept();
    mesh.service("d");
    DeltaDiscoveryResponse back = client.accept();

    assertThat(names(created)).containsExactly(name(type, "d"));
    assertThat(removed.getRemovedResourcesList()).containsExactly(name(type, "d"));
    assertThat(removed.getResourcesList()).isEmpty();
    assertThat(names(back)).containsExactly(name(type, "d"));
    client.assertQuiet();
  }

  @ParameterizedTest
  @EnumSource
  void whatWasUnsubscribedIsNeverSentAgain(ResourceType type) { // XC17
    Delta client = connect(type, name(type, "a"), name(type, "b"));
    client.accept();
    client.unsubscribe(type, name(type, "a"));
    client.assertQuiet();
    change(type, "a", 7);
    change(type, "b", 7);
    assertThat(names(client.accept())).containsExactly(name(type, "b"));
    client.unsubscribe(type, name(type, "b"));
    client.assertQuiet();
    change(type, "b", 8);
    ResourceType other = type == LISTENER ? ROUTE : LISTENER;
    client.subscribe(other, name(other, "a"));

    assertThat(client.accept().getTypeUrl()).isEqualTo(other.typeUrl());
    client.assertQuiet();
  }

  @ParameterizedTest
  @CsvSource({
    "CLUSTER, ROUTE, true",
    "CLUSTER, ROUTE, false",
    "ROUTE, CLUSTER, true",
    "ROUTE, CLUSTER, false",
    "ENDPOINT, LISTENER, true",
    "ENDPOINT, LISTENER, false",
    "LISTENER, ENDPOINT, true",
    "LISTENER, ENDPOINT, false"
  })
  void typesOfOneStreamDoNotDisturbEachOther( // XC18
      ResourceType first, ResourceType second, boolean firstChangesFirst) {
    Delta client = connect(first, name(first, "a"));
    client.accept();
    client.subscribe(second, name(second, "a"));
    client.accept();
    ResourceType earlier = firstChangesFirst ? first : second;
    ResourceType later = firstChangesFirst ? second : first;
    change(earlier, "a", 7);
    assertThat(client.accept().getTypeUrl()).isEqualTo(earlier.typeUrl());
    client.assertQuiet();
    change(later, "a", 7);

    assertThat(client.accept().getTypeUrl()).isEqualTo(later.typeUrl());
    client.assertQuiet();
  }
}
