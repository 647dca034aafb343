package io.librarymesh.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.Workload.WorkloadPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceRegistryTest {

  private static final String HOST = "a.default.svc.cluster.local";

  private final ServiceRegistry registry = new ServiceRegistry("cluster.local");

  private static List<Resource> read(String yaml) {
    return IstioReader.read("1.yaml", yaml).resources();
  }

  private static List<Resource> service(String ports) {
    return read(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: a}
        spec: {selector: {app: a}, ports: %s}
        """
            .formatted(ports));
  }

  private static Workload workload(String address, WorkloadPort... ports) {
    return new Workload("w", "default", Map.of("app", "a"), address, List.of(ports), "", true);
  }

  private List<String> endpoints(int port) {
    return registry.snapshot().service(HOST, port, "default").orElseThrow().endpoints(port).stream()
        .map(ServiceEndpoint::hostPort)
        .toList();
  }

  /** The contract of port mapping, in the order in which it is tried. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // targetPort | name, number, port of two workload ports | expected
        "targetPort: web,| web,0,41000 | http,0,42000 | 41000",
        "targetPort: 3000,| x,3000,41000 | y,0,3000 | 41000",
        "targetPort: 3000,| x,0,41000 | y,0,3000 | 3000",
        "targetPort: 3000,| x,0,41000 | http,0,42000 | 42000",
        "targetPort: web,| x,0,41000 | http,0,42000 | 42000",
        "| x,80,41000 | http,0,42000 | 41000",
      })
  void targetPortFindsTheWorkloadsPort(
      String targetPort, String first, String second, int expected) {
    String target = targetPort == null ? "" : targetPort;
    registry.configure(service("[{" + target + " name: http, port: 80}]"));
    registry.register("1", workload("10.0.0.1", port(first), port(second)));

    assertThat(endpoints(80)).containsExactly("10.0.0.1:" + expected);
  }

  private static WorkloadPort port(String text) {
    String[] parts = text.strip().split(",", -1);
    return new WorkloadPort(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  @Test
  void onlyPortServesWhateverItIsCalled() {
    registry.configure(service("[{targetPort: web, name: http, port: 80}]"));
    registry.register("1", workload("10.0.0.1", new WorkloadPort("", 0, 41000)));

    assertThat(endpoints(80)).containsExactly("10.0.0.1:41000");
  }

  @Test
  void workloadWithoutTheTargetPortIsNoEndpointAndThatIsSaid() {
    registry.configure(service("[{targetPort: web, name: http, port: 80}]"));
    registry.register(
        "1",
        workload("10.0.0.1", new WorkloadPort("x", 0, 41000), new WorkloadPort("y", 0, 41001)));

    assertThat(endpoints(80)).isEmpty();
    assertThat(registry.snapshot().findings())
        .singleElement()
        .matches(f -> f.position().toString().equals("1.yaml:1:1"))
        .matches(f -> f.message().contains("workload w at 10.0.0.1"))
        .matches(f -> f.message().contains("target port web"));
  }

  @Test
  void changeNamesTheHostsItTouches() {
    assertThat(registry.configure(service("[{name: http, port: 80}]"))).containsExactly(HOST);
    assertThat(registry.register("1", workload("10.0.0.1", new WorkloadPort("", 0, 80))))
        .containsExactly(HOST);
    RegistrySnapshot before = registry.snapshot();
    Workload stranger =
        new Workload(
            "s",
            "default",
            Map.of("app", "b"),
            "10.0.0.2",
            List.of(new WorkloadPort("", 0, 80)),
            "",
            true);

    assertThat(registry.register("2", stranger)).isEmpty();
    assertThat(registry.configure(service("[{name: http, port: 80}]"))).isEmpty();
    assertThat(registry.snapshot()).isSameAs(before);
    assertThat(registry.unregister("1")).containsExactly(HOST);
    assertThat(registry.unregister("1")).isEmpty();
    assertThat(registry.configure(List.of())).containsExactly(HOST);
    assertThat(registry.snapshot().services()).isEmpty();
  }

  @Test
  void workloadsComeBeforeOrAfterTheirService() {
    registry.register("1", workload("10.0.0.1", new WorkloadPort("", 0, 80)));
    registry.configure(service("[{name: http, port: 80}]"));

    assertThat(endpoints(80)).containsExactly("10.0.0.1:80");
  }

  @Test
  void orderOfRegistrationDoesNotShow() {
    registry.configure(service("[{name: http, port: 80}]"));
    registry.register("1", workload("10.0.0.2", new WorkloadPort("", 0, 80)));
    registry.register("2", workload("10.0.0.1", new WorkloadPort("", 0, 81)));
    registry.register("3", workload("10.0.0.1", new WorkloadPort("", 0, 80)));
    registry.register("4", workload("10.0.0.1", new WorkloadPort("", 0, 80)));

    assertThat(endpoints(80)).containsExactly("10.0.0.1:80", "10.0.0.1:81", "10.0.0.2:80");
  }

  @Test
  void snapshotDoesNotChange() {
    registry.configure(service("[{name: http, port: 80}]"));
    RegistrySnapshot before = registry.snapshot();
    registry.register("1", workload("10.0.0.1", new WorkloadPort("", 0, 80)));

    assertThat(before.service(HOST, "default").orElseThrow().endpoints(80)).isEmpty();
    assertThat(endpoints(80)).hasSize(1);
  }

  @Test
  void serviceWithoutSelectorSelectsNobody() {
    registry.configure(
        read(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: a}
            spec: {ports: [{name: http, port: 80}]}
            """));
    registry.register("1", workload("10.0.0.1", new WorkloadPort("", 0, 80)));

    assertThat(endpoints(80)).isEmpty();
  }

  @Test
  void workloadEntryServesAKubernetesService() {
    List<Resource> resources =
        new ArrayList<>(service("[{name: http, port: 80, targetPort: 8080}]"));
    resources.addAll(
        read(
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: vm, labels: {version: v2}}
            spec: {address: 10.0.0.9, labels: {app: a, version: v1}, locality: eu/z, weight: 5}
            """));
    registry.configure(resources);

    assertThat(endpoints(80)).containsExactly("10.0.0.9:8080");
    ServiceEndpoint endpoint =
        registry.snapshot().service(HOST, "default").orElseThrow().endpoints(80).get(0);
    assertThat(endpoint.labels()).containsEntry("version", "v2").containsEntry("app", "a");
    assertThat(endpoint.weight()).isEqualTo(5);
    assertThat(endpoint.locality()).isEqualTo("eu/z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "2001:db8::1", "::ffff:1.2.3.4"})
  void addressesAreAddresses(String text) {
    assertThat(IpAddresses.isLiteral(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "1.2.3",
        "1.2.3.4.",
        "1.2.3.256",
        "01.2.3.4",
        "a.b",
        "1::2::3",
        ":"
      })
  void namesAreNotAddresses(String text) {
    assertThat(IpAddresses.isLiteral(text)).isFalse();
    assertThatThrownBy(() -> workload(text, new WorkloadPort("", 0, 80)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: an IP address");
  }
}
