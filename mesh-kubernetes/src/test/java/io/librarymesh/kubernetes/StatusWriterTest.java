package io.librarymesh.kubernetes;

import static io.librarymesh.kubernetes.Manifests.service;
import static io.librarymesh.kubernetes.Manifests.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.librarymesh.controlplane.ControlPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a cluster's users read in the status of their objects. */
class StatusWriterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String VIRTUAL_SERVICES =
      "/apis/networking.istio.io/v1/namespaces/shop/virtualservices/";
  private static final String GOOD = "{route: [{destination: {host: greeter}}]}";
  private static final String BAD = "{rout: []}";

  private final ApiServer server = new ApiServer();

  private final Deque<ControlPlane> planes = new ArrayDeque<>();

  @AfterEach
  void stop() {
    planes.forEach(ControlPlane::close);
    server.close();
  }

  /** A control plane of the cluster, with nobody to serve but the authors of its rules. */
  private void serve() throws IOException {
    KubernetesSource source = KubernetesSource.open(server.client(), PATIENCE);
    ControlPlane plane =
        ControlPlane.builder(source.configuration()).endpoints(source.endpoints()).build();
    planes.push(plane);
    plane.start();
    source.writeStatus(plane::findings);
  }

  private GenericKubernetesResource get(String kind, String name) {
    return server
        .admin
        .genericKubernetesResources(
            kind.endsWith("Route") ? "gateway.networking.k8s.io/v1" : "networking.istio.io/v1",
            kind)
        .inNamespace("shop")
        .withName(name)
        .get();
  }

  private Map<String, Object> await(
      String kind, String name, Predicate<Map<String, Object>> condition) {
    Map<String, Object> status = Map.of();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      GenericKubernetesResource object = get(kind, name);
      Object read = object.getAdditionalProperties().get("status");
      status = ObjectStatus.mapping(read);
      if (condition.test(status)) {
        return status;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("waited in vain for the status of " + name + ", last: " + status);
  }

  private static Optional<Map<String, Object>> condition(Map<String, Object> said, String type) {
    return ObjectStatus.mappings(said.get("conditions")).stream()
        .filter(condition -> type.equals(condition.get("type")))
        .findFirst();
  }

  private static Predicate<Map<String, Object>> says(String type, String status) {
    return said ->
        condition(said, type).filter(found -> status.equals(found.get("status"))).isPresent();
  }

  @Test
  void aRuleInForceSaysSo() throws IOException {
    server.apply(service("shop", "greeter"));
    server.apply(virtualService("shop", "greeter", GOOD));
    serve();
    Map<String, Object> status =
        await("VirtualService", "greeter", says("librarymesh.io/Accepted", "True"));

    assertThat(condition(status, "librarymesh.io/Accepted").orElseThrow())
        .containsEntry("reason", "Accepted")
        .containsEntry("message", "In force")
        .containsEntry(
            "observedGeneration",
            get("VirtualService", "greeter").getMetadata().getGeneration().intValue())
        .containsKey("lastTransitionTime");
    assertThat(condition(status, "librarymesh.io/ResolvedRefs").orElseThrow())
        .containsEntry("status", "True");
  }

  @Test
  void aMistakeIsToldAndItsMendingToo() throws IOException {
    server.apply(service("shop", "greeter"));
    server.apply(virtualService("shop", "greeter", GOOD));
    serve();
    await("VirtualService", "greeter", says("librarymesh.io/Accepted", "True"));
    server.apply(virtualService("shop", "greeter", BAD));
    Map<String, Object> status =
        await("VirtualService", "greeter", says("librarymesh.io/Accepted", "False"));

    assertThat(condition(status, "librarymesh.io/Accepted").orElseThrow().get("message"))
        .asString()
        .contains("spec.http[0].rout")
        .contains("did you mean 'route'?")
        .contains("the last good version of this object stays in force");
    server.apply(virtualService("shop", "greeter", GOOD));
    await("VirtualService", "greeter", says("librarymesh.io/Accepted", "True"));
  }

  @Test
  void aRuleForWhatNobodyDeclaredIsInForceAndUnresolved() throws IOException {
    server.apply(virtualService("shop", "greeter", GOOD));
    serve();
    Map<String, Object> status =
        await("VirtualService", "greeter", says("librarymesh.io/ResolvedRefs", "False"));

    assertThat(condition(status, "librarymesh.io/Accepted").orElseThrow())
        .containsEntry("status", "True");
    assertThat(condition(status, "librarymesh.io/ResolvedRefs").orElseThrow())
        .containsEntry("reason", "BackendNotFound")
        .extractingByKey("message")
        .asString()
        .contains("greeter");
    server.apply(service("shop", "greeter"));
    await("VirtualService", "greeter", says("librarymesh.io/ResolvedRefs", "True"));
  }

  @Test
  void conditionsOfOthersStay() throws IOException {
    server.apply(service("shop", "greeter"));
    server.apply(
        virtualService("shop", "greeter", GOOD)
            + """
            status:
              validationMessages: [{level: INFO}]
              conditions:
              - {type: Reconciled, status: "True", lastTransitionTime: "2026-01-02T03:04:05Z"}
            """);
    serve();
    Map<String, Object> status =
        await("VirtualService", "greeter", says("librarymesh.io/Accepted", "True"));

    assertThat(condition(status, "Reconciled").orElseThrow())
        .containsEntry("lastTransitionTime", "2026-01-02T03:04:05Z");
    assertThat(status).containsEntry("validationMessages", List.of(Map.of("level", "INFO")));
  }

  @Test
  void aRouteAnswersForItsMeshParentsOnly() throws IOException {
    server.install("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes");
    server.apply(service("shop", "greeter"));
    server.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: greeter, namespace: shop}
        spec:
          parentRefs:
          - {group: "", kind: Service, name: greeter, port: 80}
          - {name: edge}
          rules:
          - backendRefs: [{name: greeter, port: 80}, {name: nobody, port: 80}]
        status:
          parents:
          - parentRef: {name: edge}
            controllerName: example.com/edge
            conditions: []
        """);
    serve();
    Map<String, Object> status =
        await(
            "HTTPRoute", "greeter", said -> ObjectStatus.mappings(said.get("parents")).size() == 2);

    List<Map<String, Object>> parents = ObjectStatus.mappings(status.get("parents"));
    assertThat(parents.get(0)).containsEntry("controllerName", "example.com/edge");
    assertThat(parents.get(1))
        .containsEntry("controllerName", "librarymesh.io/control-plane")
        .containsEntry(
            "parentRef", Map.of("group", "", "kind", "Service", "name", "greeter", "port", 80));
    assertThat(condition(parents.get(1), "Accepted").orElseThrow()).containsEntry("status", "True");
    assertThat(condition(parents.get(1), "ResolvedRefs").orElseThrow())
        .containsEntry("status", "False")
        .containsEntry("reason", "BackendNotFound");
  }

  @Test
  void aSecondReplicaFindsEverythingSaid() throws IOException {
    server.apply(service("shop", "greeter"));
    server.apply(virtualService("shop", "greeter", GOOD));
    serve();
    await("VirtualService", "greeter", says("librarymesh.io/Accepted", "True"));
    String version = get("VirtualService", "greeter").getMetadata().getResourceVersion();
    planes.pop().close();
    server.apply(virtualService("shop", "marker", GOOD));
    serve();
    // Names are written in no order; the marker's turn may come first, but not the next round's.
    await("VirtualService", "marker", says("librarymesh.io/Accepted", "True"));
    server.apply(virtualService("shop", "marker", BAD));
    await("VirtualService", "marker", says("librarymesh.io/Accepted", "False"));

    assertThat(get("VirtualService", "greeter").getMetadata().getResourceVersion())
        .isEqualTo(version);
  }

  @Test
  void whatMayNotBeWrittenKeepsNothingElseFromBeingWritten() throws IOException {
    Status forbidden =
        new StatusBuilder()
            .withCode(403)
            .withMessage("may not update")
            .withStatus("Failure")
            .build();
    server
        .server
        .expect()
        .put()
        .withPath(VIRTUAL_SERVICES + "greeter/status")
        .andReturn(403, forbidden)
        .always();
    server.apply(service("shop", "greeter"));
    server.apply(virtualService("shop", "greeter", GOOD));
    server.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: greeter, namespace: shop}
        spec: {host: greeter}
        """);
    serve();
    await("DestinationRule", "greeter", says("librarymesh.io/Accepted", "True"));

    assertThat(get("VirtualService", "greeter").getAdditionalProperties())
        .doesNotContainKey("status");
  }
}
