package io.librarymesh.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import io.librarymesh.controlplane.registry.Workload.WorkloadPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Workloads of a platform, which ServiceEntries select; Istio's {@code workloadSelector}. */
class PlatformWorkloadsTest {
  private static final String HOST = "vm.example.com";
  private static final WorkloadName POD = new WorkloadName("default", "pod-1");

  private final ServiceRegistry registry = new ServiceRegistry("cluster.local");

  private static List<Resource> entry(String further) {
    return IstioReader.read(
            "1.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: vm}
            spec:
              hosts: [vm.example.com]
              location: MESH_INTERNAL
              resolution: STATIC
              ports:
              - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
              - {number: 81, name: admin, protocol: HTTP}
              workloadSelector: {labels: {app: vm}}
            %s
            """
                .formatted(further))
        .resources();
  }

  private static Optional<PlatformWorkload> pod(
      String address, String app, Map<String, Integer> ports, boolean ready) {
    return Optional.of(
        new PlatformWorkload(address, ports, Map.of("app", app, "v", "1"), "eu/eu-a", ready));
  }

  private List<ServiceEndpoint> endpoints(int port) {
    return registry.snapshot().service(HOST, port, "default").orElseThrow().endpoints(port);
  }

  @Test
  void aPodIsAnEndpointOfTheEntryThatSelectsIt() {
    registry.configure(entry(""));

    assertThat(registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), false)))
        .containsExactly(HOST);
    assertThat(endpoints(80))
        .containsExactly(
            new ServiceEndpoint(
                "10.0.0.1",
                8080,
                Map.of("app", "vm", "v", "1"),
                "pod-1",
                "default",
                "eu/eu-a",
                1,
                false));
    assertThat(endpoints(81)).extracting(ServiceEndpoint::port).containsExactly(81);
  }

  @Test
  void aContainersPortOfThePortsNameWinsOverTheTargetPort() {
    registry.configure(entry(""));
    registry.workload(POD, pod("10.0.0.1", "vm", Map.of("http", 9090, "other", 7), true));

    assertThat(endpoints(80)).extracting(ServiceEndpoint::port).containsExactly(9090);
    assertThat(endpoints(81)).extracting(ServiceEndpoint::port).containsExactly(81);
  }

  @Test
  void podsMayComeBeforeTheEntry() {
    registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), true));
    registry.configure(entry(""));

    assertThat(endpoints(80))
        .extracting(ServiceEndpoint::hostPort)
        .containsExactly("10.0.0.1:8080");
  }

  @Test
  void onlyPodsOfTheLabelsAndNamespaceCount() {
    registry.configure(entry(""));

    assertThat(registry.workload(POD, pod("10.0.0.1", "other", Map.of(), true))).isEmpty();
    assertThat(
            registry.workload(
                new WorkloadName("other", "pod-1"), pod("10.0.0.2", "vm", Map.of(), true)))
        .isEmpty();
    assertThat(endpoints(80)).isEmpty();
  }

  @Test
  void aPodThatLosesItsLabelOrIsGoneLeaves() {
    registry.configure(entry(""));
    registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), true));

    assertThat(registry.workload(POD, pod("10.0.0.1", "other", Map.of(), true)))
        .containsExactly(HOST);
    assertThat(endpoints(80)).isEmpty();
    registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), true));
    assertThat(registry.workload(POD, Optional.empty())).containsExactly(HOST);
    assertThat(endpoints(80)).isEmpty();
    assertThat(registry.workload(POD, Optional.empty())).isEmpty();
  }

  @Test
  void nothingChangesWhenTheSameIsSaidAgain() {
    registry.configure(entry(""));
    registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), true));

    assertThat(registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), true))).isEmpty();
  }

  @Test
  void workloadEntriesAndRegisteredWorkloadsStandBesideThem() {
    registry.configure(
        entry(
            """
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: vm-1}
            spec: {address: 10.0.0.2, labels: {app: vm}}
            """
                .indent(0)));
    registry.workload(POD, pod("10.0.0.1", "vm", Map.of(), true));
    registry.register(
        "1",
        new Workload(
            "w",
            "default",
            Map.of("app", "vm"),
            "10.0.0.3",
            List.of(new WorkloadPort("http", 0, 7070)),
            "",
            true));

    assertThat(endpoints(80))
        .extracting(ServiceEndpoint::hostPort)
        .containsExactly("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:7070");
  }

  @Test
  void aKubernetesServiceHasItsPodsFromThePlatformAndItsWorkloadEntriesByLabels() {
    registry.configure(
        IstioReader.read(
                "1.yaml",
                """
                apiVersion: v1
                kind: Service
                metadata: {name: a}
                spec:
                  selector: {app: vm}
                  ports: [{name: http, port: 80}]
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-1}
                spec: {address: 10.0.0.2, labels: {app: vm}}
                """)
            .resources());
    registry.endpoints(
        new ServiceName("default", "a"),
        List.of(
            new PlatformEndpoint(
                "10.0.0.1", Map.of("http", 80), Map.of("app", "vm"), "pod-1", "", true)));

    assertThat(registry.workload(POD, pod("10.0.0.9", "vm", Map.of(), true))).isEmpty();
    assertThat(
            registry
                .snapshot()
                .service("a.default.svc.cluster.local", 80, "default")
                .orElseThrow()
                .endpoints(80))
        .extracting(ServiceEndpoint::hostPort)
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }
}
