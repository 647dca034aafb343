package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.cluster;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceError;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients are told why there is nothing of a name: XE13, cncf/xds TP3. */
class ResourceErrorsTest {

  private static final String MISSING = cluster("d");
  private static final String NO_SUCH_HOST =
      "NOT_FOUND no service has the host d.default.svc.cluster.local";

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private static List<String> errors(List<ResourceError> errors) {
    return errors.stream()
        .map(
            error ->
                error.getResourceName().getName()
                    + ": "
                    + Code.forNumber(error.getErrorDetail().getCode())
                    + " "
                    + error.getErrorDetail().getMessage())
        .toList();
  }

  private Sotw sotw(Service service, String... clusters) {
    return new Sotw(mesh.channel, service, node("client", "default"), CLUSTER, clusters);
  }

  private void hide(String service) {
    mesh.store.put(
        "service-" + service + ".yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, annotations: {networking.istio.io/exportTo: elsewhere}}
        spec:
          selector: {app: %1$s}
          ports: [{name: http, port: 80}]
        """
            .formatted(service));
  }

  @Test
  void incrementalClientIsToldBesideTheRemoval() {
    Delta client = new Delta(mesh.channel, node("client", "default"), CLUSTER, CLUSTER_A, MISSING);
    DeltaDiscoveryResponse present = client.accept();
    DeltaDiscoveryResponse absent = client.accept();

    assertThat(present.getResourceErrorsList()).isEmpty();
    assertThat(absent.getRemovedResourcesList()).containsExactly(MISSING);
    assertThat(errors(absent.getResourceErrorsList()))
        .containsExactly(MISSING + ": " + NO_SUCH_HOST);
    client.assertQuiet();
  }

  @Test
  void whatIsHiddenIsDenied() {
    Delta client = new Delta(mesh.channel, node("client", "default"), CLUSTER, CLUSTER_A);
    client.accept();
    hide("a");
    DeltaDiscoveryResponse removal = client.accept();

    assertThat(removal.getRemovedResourcesList()).containsExactly(CLUSTER_A);
    assertThat(errors(removal.getResourceErrorsList()))
        .containsExactly(
            CLUSTER_A
                + ": PERMISSION_DENIED namespace: default (expected: one that"
                + " a.default.svc.cluster.local is visible to)");
  }

  @ParameterizedTest
  @EnumSource
  void stateOfTheWorldClientThatReadsThemIsToldBesideWhatThereIs(Service service) throws Exception {
    Sotw client = sotw(service, CLUSTER_A, MISSING);
    DiscoveryResponse first = client.accept(CLUSTER, CLUSTER_A, MISSING);
    mesh.service("d");
    DiscoveryResponse created = client.accept(CLUSTER, CLUSTER_A, MISSING);

    assertThat(names(first)).containsExactly(CLUSTER_A);
    assertThat(errors(first.getResourceErrorsList()))
        .containsExactly(MISSING + ": " + NO_SUCH_HOST);
    assertThat(names(created)).containsExactly(CLUSTER_A, MISSING);
    assertThat(created.getResourceErrorsList()).isEmpty();
    client.assertQuietToTheEnd();
  }

  @Test
  void errorsComeAloneWhenThereIsNothingElse() throws Exception {
    Sotw client = sotw(Service.AGGREGATED, MISSING);
    DiscoveryResponse response = client.accept(CLUSTER, MISSING);

    assertThat(response.getResourcesList()).isEmpty();
    assertThat(errors(response.getResourceErrorsList()))
        .containsExactly(MISSING + ": " + NO_SUCH_HOST);
    mesh.policy("a", 7);
    client.assertQuietToTheEnd();
  }

  @Test
  void removedEndpointsAndRoutesAreToldWhichTheVariantCannotSayOtherwise() throws Exception {
    Sotw client =
        new Sotw(mesh.channel, Service.AGGREGATED, node("client", "default"), ENDPOINT, CLUSTER_A);
    client.accept(ENDPOINT, CLUSTER_A);
    client.send(Sotw.request(ROUTE, "", "", CLUSTER_A));
    client.accept(ROUTE, CLUSTER_A);
    mesh.removeService("a");
    DiscoveryResponse routes = client.accept(ROUTE, CLUSTER_A);
    DiscoveryResponse endpoints = client.accept(ENDPOINT, CLUSTER_A);

    String gone = CLUSTER_A + ": NOT_FOUND no service has the host a.default.svc.cluster.local";
    assertThat(routes.getResourcesList()).isEmpty();
    assertThat(errors(routes.getResourceErrorsList())).containsExactly(gone);
    assertThat(errors(endpoints.getResourceErrorsList())).containsExactly(gone);
    client.assertQuietToTheEnd();
  }

  @Test
  void stateOfTheWorldClientThatDoesNotReadThemIsSparedThem() throws Exception {
    io.librarymesh.proto.envoy.config.core.v3.Node foreign =
        node("client", "default").toBuilder().setUserAgentName("gRPC Java").build();
    Sotw client = new Sotw(mesh.channel, Service.AGGREGATED, foreign, CLUSTER, CLUSTER_A, MISSING);
    DiscoveryResponse first = client.accept(CLUSTER, CLUSTER_A, MISSING);
    client.send(Sotw.request(LISTENER, "", "", "nobody:80"));
    mesh.removeService("a");
    DiscoveryResponse removal = client.accept(CLUSTER, CLUSTER_A, MISSING);

    assertThat(names(first)).containsExactly(CLUSTER_A);
    assertThat(first.getResourceErrorsList()).isEmpty();
    assertThat(removal.getResourcesList()).isEmpty();
    assertThat(removal.getResourceErrorsList()).isEmpty();
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void ownClientSaysWhatItWasTold(ClientStream.Variant variant) throws Exception {
    mesh.store.put(
        "rules.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a}
        spec: {hosts: [a], http: [{route: [{destination: {host: a, subset: v9}}]}]}
        """);
    XdsConfigSource.Builder builder =
        XdsConfigSource.builder(Node.of("helloweb"))
            .server("mesh", () -> InProcessChannelBuilder.forName(mesh.name).build());
    if (variant == ClientStream.Variant.STATE_OF_THE_WORLD) {
      builder.stateOfTheWorld();
    }
    try (XdsConfigSource own = builder.build()) {
      own.watch("a:80", update -> {});
      String problem =
          "NOT_FOUND subset: v9 (expected: one that a DestinationRule of"
              + " a.default.svc.cluster.local declares)";
      long start = System.nanoTime();
      while (own.status().get(20, TimeUnit.SECONDS).resources().stream()
          .noneMatch(resource -> resource.problems().contains(problem))) {
        assertThat(System.nanoTime() - start)
            .as("%s", own.status().get(20, TimeUnit.SECONDS))
            .isLessThan(TimeUnit.SECONDS.toNanos(20));
        Thread.onSpinWait();
      }
    }
  }
}
