package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Role;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stock Envoy at the edge is sent, and that it is sent no more than has changed. */
class EdgeSubscriptionTest {

  private static final String ROUTES = "http.8080";
  private static final String DOMAIN = "edge.svc.cluster.local";

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
    gateway("gw", 8080);
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private static Node router(String id) {
    Struct labels =
        Struct.newBuilder()
            .putFields("istio", Value.newBuilder().setStringValue("gw").build())
            .build();
    return AdsClients.envoy(id).toBuilder()
        .setMetadata(
            Struct.newBuilder()
                .putFields("LABELS", Value.newBuilder().setStructValue(labels).build()))
        .build();
  }

  private Delta subscribe(ResourceType type, String... resources) {
    inForce();
    Delta client = new Delta(mesh.channel, Service.AGGREGATED, type);
    client.send(
        Delta.request(type)
            .addAllResourceNamesSubscribe(List.of(resources))
            .setNode(router("router~10.0.0.1~gw-1.edge~" + DOMAIN)));
    return client;
  }

  private void inForce() {
    mesh.await("in force", status -> status.generation() == mesh.store.snapshot().generation());
  }

  private void gateway(String name, int port) {
    mesh.store.put(
        "gateway-" + name + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: %s}
        spec:
          selector: {istio: gw}
          servers: [{port: {number: %d, name: http, protocol: HTTP}, hosts: ['*']}]
        """
            .formatted(name, port));
  }

  private void rules(String gateway, String host, String destination) {
    mesh.store.put(
        "rules-" + host + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %1$s}
        spec:
          hosts: [%1$s]
          gateways: [%2$s]
          http: [{route: [{destination: {host: %3$s}}]}]
        """
            .formatted(host, gateway, destination));
  }

  @Test
  void listenersComeAndGoWithTheirGateways() throws Exception {
    Delta client = subscribe(LISTENER);
    assertThat(names(client.accept())).containsExactly("0.0.0.0_8080");
    gateway("more", 9090);
    assertThat(names(client.accept())).containsExactly("0.0.0.0_9090");
    mesh.store.remove("gateway-more.yaml");

    assertThat(client.accept().getRemovedResourcesList()).containsExactly("0.0.0.0_9090");
    client.assertQuietToTheEnd();
  }

  @Test
  void listenersComeAndGoWithIngressesAndTheSettingsOfTheMesh() throws Exception {
    Delta client = subscribe(LISTENER);
    assertThat(names(client.accept())).containsExactly("0.0.0.0_8080");
    mesh.store.put(
        "ingress.yaml",
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: i, annotations: {kubernetes.io/ingress.class: istio}}
        spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}
        """);
    inForce();
    client.assertQuiet();
    settings("ingressSelector: gw");
    assertThat(names(client.accept())).containsExactly("0.0.0.0_80");
    settings("{ingressSelector: gw, ingressControllerMode: OFF}");
    assertThat(client.accept().getRemovedResourcesList()).containsExactly("0.0.0.0_80");
    settings("ingressSelector: gw");
    assertThat(names(client.accept())).containsExactly("0.0.0.0_80");
    mesh.store.remove("ingress.yaml");

    assertThat(client.accept().getRemovedResourcesList()).containsExactly("0.0.0.0_80");
    client.assertQuietToTheEnd();
  }

  private void settings(String meshConfig) {
    mesh.store.put(
        "mesh.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
            + "data: {mesh: '"
            + meshConfig
            + "'}\n");
  }

  @Test
  void listenersMoveWithTheServiceInFront() throws Exception {
    Delta client = subscribe(LISTENER);
    client.accept();
    mesh.store.put(
        "front.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: front, namespace: edge}
        spec: {selector: {istio: gw}, ports: [{name: http, port: 8080, targetPort: 18080}]}
        """);

    assertThat(names(client.accept())).containsExactly("0.0.0.0_18080");
    assertThat(client.accept().getRemovedResourcesList()).containsExactly("0.0.0.0_8080");
    client.assertQuietToTheEnd();
  }

  @Test
  void routesFollowTheRulesOfTheirGatewaysAndNoOthers() throws Exception {
    gateway("other", 9090);
    Delta client = subscribe(ROUTE, ROUTES);
    String empty = client.accept().getResources(0).getVersion();
    rules("other", "x.test", "a");
    mesh.rules("a", 3);
    rules("gw", "a.test", "a");

    assertThat(client.accept().getResources(0).getVersion()).isNotEqualTo(empty);
    client.assertQuietToTheEnd();
  }

  @Test
  void rulesOfGatewaysAreNoMatterOfOthers() throws Exception {
    Delta caller = new Delta(mesh.channel, AdsClients.node("c", "default"), LISTENER, "a:80");
    caller.accept();
    rules("gw", "a.default.svc.cluster.local", "a");
    inForce();

    caller.assertQuietToTheEnd();
  }

  @Test
  void clustersAreThoseOfAllServices() throws Exception {
    assertThat(names(subscribe(CLUSTER).accept()))
        .contains(ServerFixture.CLUSTER_A, ServerFixture.CLUSTER_B);
  }

  @ParameterizedTest
  @CsvSource({
    "router~10.0.0.1~gw-1.edge~edge.svc.cluster.local, envoy, ROUTER, edge",
    "sidecar~10.0.0.1~a-1.edge~edge.svc.cluster.local, envoy, CALLER, edge",
    "router~10.0.0.1~gw-1.edge~edge.svc.cluster.local, library-mesh, CALLER, edge",
    "router~10.0.0.1~gw-1.edge~, envoy, ROUTER, default",
    "router, envoy, CALLER, default"
  })
  void idSaysWhatPartAnEnvoyPlays(String id, String agent, Role role, String namespace) {
    ClientNode node = ClientNode.of(Node.newBuilder().setId(id).setUserAgentName(agent).build());

    assertThat(node.view().role()).isEqualTo(role);
    assertThat(node.view().namespace()).isEqualTo(namespace);
    assertThat(node.view().dialect())
        .isEqualTo(agent.equals("envoy") ? Dialect.ENVOY : Dialect.LIBRARY);
  }
}
