package io.librarymesh.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.Workload.WorkloadPort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Endpoints of Kubernetes Services that a platform keeps. */
class PlatformEndpointsTest {
  private static final String HOST = "a.default.svc.cluster.local";
  private static final ServiceName A = new ServiceName("default", "a");

  private final ServiceRegistry registry = new ServiceRegistry("cluster.local");

  private static List<Resource> service() {
    return IstioReader.read(
            "1.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: a}
            spec:
              selector: {app: a}
              ports: [{name: http, port: 80, targetPort: web}, {name: admin, port: 81}]
            """)
        .resources();
  }

  private static PlatformEndpoint endpoint(String address, Map<String, Integer> ports) {
    return new PlatformEndpoint(address, ports, Map.of("version", "v1"), "a-1", "eu/eu-a", true);
  }

  private List<ServiceEndpoint> endpoints(int port) {
    return registry.snapshot().service(HOST, port, "default").orElseThrow().endpoints(port);
  }

  @Test
  void portsAreFoundByTheirNames() {
    registry.configure(service());

    assertThat(registry.endpoints(A, List.of(endpoint("10.0.0.1", Map.of("http", 8080)))))
        .containsExactly(HOST);
    assertThat(endpoints(80))
        .containsExactly(
            new ServiceEndpoint(
                "10.0.0.1", 8080, Map.of("version", "v1"), "a-1", "default", "eu/eu-a", 1, true));
    assertThat(endpoints(81)).isEmpty();
  }

  @Test
  void theyMayComeBeforeTheService() {
    registry.endpoints(A, List.of(endpoint("10.0.0.1", Map.of("http", 8080))));
    registry.configure(service());

    assertThat(endpoints(80))
        .extracting(ServiceEndpoint::hostPort)
        .containsExactly("10.0.0.1:8080");
  }

  @Test
  void nothingChangesWhenTheSameIsSaidAgain() {
    registry.configure(service());
    registry.endpoints(A, List.of(endpoint("10.0.0.1", Map.of("http", 8080))));

    assertThat(registry.endpoints(A, List.of(endpoint("10.0.0.1", Map.of("http", 8080)))))
        .isEmpty();
    assertThat(registry.endpoints(A, List.of())).containsExactly(HOST);
    assertThat(endpoints(80)).isEmpty();
  }

  @Test
  void workloadsThatRegisterStandBesideThem() {
    registry.configure(service());
    registry.endpoints(A, List.of(endpoint("10.0.0.1", Map.of("http", 8080))));
    registry.register(
        "1",
        new Workload(
            "w",
            "default",
            Map.of("app", "a"),
            "10.0.0.2",
            List.of(new WorkloadPort("web", 0, 9090)),
            "",
            true));

    assertThat(endpoints(80))
        .extracting(ServiceEndpoint::hostPort)
        .containsExactly("10.0.0.1:8080", "10.0.0.2:9090");
  }

  @Test
  void otherServicesAreNotTouched() {
    registry.configure(service());

    assertThat(
            registry.endpoints(
                new ServiceName("other", "a"), List.of(endpoint("10.0.0.1", Map.of("http", 8080)))))
        .isEmpty();
    assertThat(endpoints(80)).isEmpty();
  }

  @Test
  void anAddressIsAnIpAddress() {
    assertThatThrownBy(() -> endpoint("a.example.com", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("address: a.example.com (expected: an IP address)");
  }
}
