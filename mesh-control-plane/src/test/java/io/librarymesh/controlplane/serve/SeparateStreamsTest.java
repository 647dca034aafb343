package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.grpc;
import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.serve.ServerFixture.cluster;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Streams of one type each, of both variants, against the conformance rows of the reliability
 * reference. The rows about wildcards are in {@link WildcardTest}.
 *
 * <table>
 * <caption>Rows</caption>
 * <tr><th>row</th><th>test</th></tr>
 * <tr><td>XC4</td><td>namedResourcesArrive, incrementalClientIsAnsweredByName</td></tr>
 * <tr><td>XC5</td><td>oneChangeBringsAllThatAreSubscribed</td></tr>
 * <tr><td>XC6</td><td>oneChangeBringsTheChangedRoute, oneChangeBringsTheChangedEndpoints</td></tr>
 * <tr><td>XC7, XC8</td><td>missingResourceComesWhenItIsCreated</td></tr>
 * <tr><td>XC10, XC11</td><td>narrowedListBringsOnlyWhatWasKept</td></tr>
 * <tr><td>XC12</td><td>emptyListAfterNamesUnsubscribesFromEverything</td></tr>
 * <tr><td>XC13</td><td>incrementalClientIsAnsweredByName</td></tr>
 * <tr><td>XC14</td><td>updateHoldsOnlyWhatChanged</td></tr>
 * <tr><td>XC15, XC16</td><td>absentNameIsToldArrivesAndIsRemoved</td></tr>
 * <tr><td>XC17</td><td>whatWasUnsubscribedIsNeverSentAgain</td></tr>
 * </table>
 *
 * <p>The clients of the rows about listeners are gRPC's: for others there is a listener of a host
 * that nobody declares, too. The rows XE are in {@link SeparateStreamRulesTest}.
 */
class SeparateStreamsTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Sotw sotw(ResourceType type, String... names) {
    return new Sotw(mesh.channel, Service.SEPARATE, grpc("client", "default"), type, names);
  }

  private Delta delta(ResourceType type, String... names) {
    Delta client = new Delta(mesh.channel, Service.SEPARATE, type);
    client.send(
        Delta.request(type)
            .setNode(grpc("client", "default"))
            .addAllResourceNamesSubscribe(List.of(names)));
    return client;
  }

  private static String name(ResourceType type, String service) {
    return type == LISTENER ? service + ":80" : cluster(service);
  }

  private void change(String service, int value) {
    mesh.policy(service, value);
    mesh.rules(service, value);
    mesh.session(service, "sid-" + value);
  }

  private Delta register(String id, String service, int port) {
    Delta workload =
        new Delta(
            mesh.channel,
            AdsClients.workload(id, "default", Map.of("app", service), "127.0.0.1", port),
            ENDPOINT,
            "outbound|1||nobody");
    workload.accept();
    return workload;
  }

  @ParameterizedTest
  @EnumSource
  void namedResourcesArrive(ResourceType type) throws Exception {
    String[] names = {name(type, "a"), name(type, "b")};
    Sotw client = sotw(type, names);
    DiscoveryResponse response = client.accept(type, names);

    assertThat(names(response)).containsExactly(names);
    assertThat(response.getTypeUrl()).isEqualTo(type.typeUrl());
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void incrementalClientIsAnsweredByName(ResourceType type) throws Exception {
    Delta client = delta(type, name(type, "a"));
    DeltaDiscoveryResponse first = client.accept();
    client.subscribe(type, name(type, "b"));
    DeltaDiscoveryResponse second = client.accept();

    assertThat(names(first)).containsExactly(name(type, "a"));
    assertThat(names(second)).containsExactly(name(type, "b"));
    assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    client.assertQuietToTheEnd();
  }

  @Test
  void typeOfARequestMayBeLeftOut() throws Exception {
    Sotw client =
        new Sotw(mesh.channel, Service.SEPARATE, node("client", "default"), CLUSTER, CLUSTER_A);
    DiscoveryResponse response = client.next();
    client.send(
        Sotw.request(CLUSTER, response.getVersionInfo(), response.getNonce(), CLUSTER_A, CLUSTER_B)
            .clearTypeUrl());

    assertThat(names(client.accept(CLUSTER, CLUSTER_A, CLUSTER_B)))
        .containsExactly(CLUSTER_A, CLUSTER_B);
    client.assertQuietToTheEnd();
  }

  @Test
  void otherTypeIsRefused() throws Exception {
    Delta client = delta(CLUSTER, CLUSTER_A);
    client.accept();
    client.subscribe(ENDPOINT, CLUSTER_A);

    Status status = Status.fromThrowable(client.end());
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .isEqualTo(
            "type_url: type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
                + " (expected: type.googleapis.com/envoy.config.cluster.v3.Cluster, or none, on"
                + " this stream)");
  }

  @Test
  void aggregatedStreamNeedsAType() throws Exception {
    Delta client = new Delta(mesh.channel);
    client.send(Delta.request(CLUSTER).clearTypeUrl().setNode(node("client", "default")));

    Status status = Status.fromThrowable(client.end());
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("type_url: empty");
  }

  @Test
  void nothingIsRegisteredOnAStreamOfOneType() {
    Delta client = new Delta(mesh.channel, Service.SEPARATE, ENDPOINT);
    client.send(
        Delta.request(ENDPOINT)
            .setNode(AdsClients.workload("a-1", "default", Map.of("app", "a"), "127.0.0.1", 41234))
            .addResourceNamesSubscribe(CLUSTER_A));
    client.accept();

    AdsStatus status = mesh.status();
    assertThat(status.clients().get(0).workload()).isEmpty();
    assertThat(status.clients().get(0).registrationProblem())
        .isEqualTo(
            "io.librarymesh.registration: on a stream of one type (expected: on an aggregated"
                + " stream)");
    assertThat(status.services()).allSatisfy(s -> assertThat(s.endpoints(80)).isEmpty());
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "LISTENER"})
  void oneChangeBringsAllThatAreSubscribed(ResourceType type) throws Exception {
    String[] names = {name(type, "a"), name(type, "b")};
    Sotw client = sotw(type, names);
    client.accept(type, names);
    change("a", 7);

    assertThat(names(client.accept(type, names))).containsExactly(names);
    client.assertQuietToTheEnd();
  }

  @Test
  void oneChangeBringsTheChangedRoute() throws Exception {
    Sotw client = sotw(ROUTE, CLUSTER_A, CLUSTER_B);
    client.accept(ROUTE, CLUSTER_A, CLUSTER_B);
    change("a", 7);

    assertThat(names(client.accept(ROUTE, CLUSTER_A, CLUSTER_B))).containsExactly(CLUSTER_A);
    client.assertQuietToTheEnd();
  }

  @Test
  void oneChangeBringsTheChangedEndpoints() throws Exception {
    Sotw client = sotw(ENDPOINT, CLUSTER_A, CLUSTER_B);
    client.accept(ENDPOINT, CLUSTER_A, CLUSTER_B);
    register("b-1", "b", 41234);

    assertThat(names(client.accept(ENDPOINT, CLUSTER_A, CLUSTER_B))).containsExactly(CLUSTER_B);
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void missingResourceComesWhenItIsCreated(ResourceType type) throws Exception {
    String[] names = {name(type, "a"), name(type, "d")};
    Sotw client = sotw(type, names);
    DiscoveryResponse first = client.accept(type, names);
    mesh.service("d");
    DiscoveryResponse created = client.accept(type, names);

    assertThat(names(first)).containsExactly(names[0]);
    if (type == CLUSTER || type == LISTENER) {
      assertThat(names(created)).containsExactly(names);
    } else {
      assertThat(names(created)).containsExactly(names[1]);
    }
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ROUTE", "LISTENER"})
  void narrowedListBringsOnlyWhatWasKept(ResourceType type) throws Exception {
    Sotw client = sotw(type, name(type, "a"), name(type, "b"));
    client.accept(type, name(type, "b"));
    mesh.await(
        "narrowed", s -> s.clients().get(0).subscription(type).resources().keySet().size() == 1);
    change("a", 7);
    change("b", 7);

    assertThat(names(client.accept(type, name(type, "b")))).containsExactly(name(type, "b"));
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void emptyListAfterNamesUnsubscribesFromEverything(ResourceType type) throws Exception {
    Sotw client = sotw(type, name(type, "a"), name(type, "b"));
    client.accept(type);
    mesh.await("unsubscribed", s -> s.clients().get(0).subscription(type).resources().isEmpty());
    long pushes = mesh.status().pushes();
    change("a", 7);
    mesh.removeService("b");
    mesh.await("pushed", s -> s.pushes() > pushes && s.services().size() == 2);

    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ROUTE", "LISTENER"})
  void updateHoldsOnlyWhatChanged(ResourceType type) throws Exception {
    Delta client = delta(type, name(type, "a"), name(type, "b"));
    DeltaDiscoveryResponse first = client.accept();
    change("a", 7);
    DeltaDiscoveryResponse update = client.accept();

    assertThat(names(update)).containsExactly(name(type, "a"));
    assertThat(update.getNonce()).isNotEqualTo(first.getNonce());
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void absentNameIsToldArrivesAndIsRemoved(ResourceType type) throws Exception {
    Delta client = delta(type, name(type, "d"));
    assertThat(client.accept().getRemovedResourcesList()).containsExactly(name(type, "d"));
    mesh.service("d");
    assertThat(names(client.accept())).containsExactly(name(type, "d"));
    mesh.removeService("d");

    assertThat(client.accept().getRemovedResourcesList()).containsExactly(name(type, "d"));
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ROUTE", "LISTENER"})
  void whatWasUnsubscribedIsNeverSentAgain(ResourceType type) throws Exception {
    Delta client = delta(type, name(type, "a"), name(type, "b"));
    client.accept();
    client.unsubscribe(type, name(type, "a"));
    mesh.await("unsubscribed", s -> s.clients().get(0).subscription(type).resources().size() == 1);
    change("a", 7);
    change("b", 7);

    assertThat(names(client.accept())).containsExactly(name(type, "b"));
    client.assertQuietToTheEnd();
  }
}
