package io.librarymesh.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.Workload.WorkloadPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Workloads that register as members of a WorkloadGroup; the order in which labels and places win
 * is that of Istio's automatic registration.
 */
class WorkloadGroupsTest {
  private static final String HOST = "a.default.svc.cluster.local";
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: a}
      spec:
        selector: {app: a}
        ports: [{name: http, port: 80, targetPort: web}, {name: admin, port: 81}]
      """;

  private final ServiceRegistry registry = new ServiceRegistry("cluster.local");

  private static String group(String namespace, String labels, String template) {
    return """
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: vms, namespace: %s}
        spec:
          metadata: {labels: {%s}}
          template: {%s}
        """
        .formatted(namespace, labels, template);
  }

  private static List<Resource> read(String... documents) {
    return IstioReader.read("1.yaml", String.join("", documents)).resources();
  }

  private static Workload member(Map<String, String> labels, String locality) {
    return new Workload(
        "w",
        "default",
        labels,
        "10.0.0.1",
        List.of(new WorkloadPort("web", 0, 8080)),
        locality,
        true,
        Optional.of("vms"),
        1,
        "");
  }

  private List<ServiceEndpoint> endpoints(int port) {
    return registry.snapshot().service(HOST, port, "default").orElseThrow().endpoints(port);
  }

  @Test
  void labelsPlaceWeightAndPortsComeFromTheGroup() {
    registry.configure(
        read(
            SERVICE,
            group(
                "default",
                "app: a, tier: group, v: group",
                "labels: {tier: template, x: template}, weight: 7, locality: eu/eu-a,"
                    + " ports: {admin: 9901, web: 1}")));

    assertThat(registry.register("1", member(Map.of("v", "own"), ""))).containsExactly(HOST);
    assertThat(endpoints(80))
        .containsExactly(
            new ServiceEndpoint(
                "10.0.0.1",
                8080,
                Map.of("app", "a", "tier", "group", "v", "own", "x", "template"),
                "w",
                "default",
                "eu/eu-a",
                7,
                true));
    assertThat(endpoints(81)).extracting(ServiceEndpoint::port).containsExactly(9901);
  }

  @Test
  void itsOwnPlaceWins() {
    registry.configure(read(SERVICE, group("default", "app: a", "locality: eu/eu-a")));
    registry.register("1", member(Map.of(), "us/us-b"));

    assertThat(endpoints(80)).extracting(ServiceEndpoint::locality).containsExactly("us/us-b");
  }

  @Test
  void aMemberOfAnUnknownGroupWaitsForIt() {
    registry.configure(read(SERVICE, group("other", "app: a", "")));

    assertThat(registry.register("1", member(Map.of("app", "a"), ""))).isEmpty();
    assertThat(endpoints(80)).isEmpty();
    assertThat(registry.configure(read(SERVICE, group("default", "v: '1'", ""))))
        .containsExactly(HOST);
    assertThat(endpoints(80))
        .extracting(ServiceEndpoint::labels)
        .containsExactly(Map.of("app", "a", "v", "1"));
  }

  @Test
  void aChangedGroupChangesItsMembers() {
    registry.configure(read(SERVICE, group("default", "app: a", "")));
    registry.register("1", member(Map.of(), ""));

    assertThat(registry.configure(read(SERVICE, group("default", "app: a", "weight: 3"))))
        .containsExactly(HOST);
    assertThat(endpoints(80)).extracting(ServiceEndpoint::weight).containsExactly(3L);
    assertThat(registry.configure(read(SERVICE, group("default", "app: other", ""))))
        .containsExactly(HOST);
    assertThat(endpoints(80)).isEmpty();
  }

  @Test
  void aGroupThatIsGoneTakesItsMembersOut() {
    registry.configure(read(SERVICE, group("default", "app: a", "")));
    registry.register("1", member(Map.of(), ""));

    assertThat(registry.configure(read(SERVICE))).containsExactly(HOST);
    assertThat(endpoints(80)).isEmpty();
    assertThat(registry.group("default", "vms")).isEmpty();
  }

  @Test
  void aMemberThatLeftDoesNotComeBackWithItsGroup() {
    registry.configure(read(SERVICE, group("default", "app: a", "")));
    registry.register("1", member(Map.of(), ""));

    assertThat(registry.unregister("1")).containsExactly(HOST);
    assertThat(registry.configure(read(SERVICE, group("default", "app: a", "weight: 2"))))
        .isEmpty();
    assertThat(endpoints(80)).isEmpty();
  }
}
