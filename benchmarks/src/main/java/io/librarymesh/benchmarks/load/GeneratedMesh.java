package io.librarymesh.benchmarks.load;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Services as a platform has them: one port each, ten endpoints each with the labels and the
 * workload of a pod, every tenth service with a DestinationRule of its own.
 *
 * <p>Confined to the thread that changes it.
 */
final class GeneratedMesh {

  static final int ENDPOINTS = 10;

  private static final String NAMESPACE = "default";
  private static final int PORT = 80;
  private static final int TARGET_PORT = 8080;

  private final List<Resource> services;
  private final int[] revisions;
  private int meshRevision;

  /** So many services, in their first state. */
  GeneratedMesh(int services) {
    this.services = IntStream.range(0, services).mapToObj(GeneratedMesh::service).toList();
    this.revisions = new int[services];
  }

  int size() {
    return revisions.length;
  }

  /** The name of the cluster, and of its endpoints. */
  static String cluster(int service) {
    return "outbound|80||" + name(service) + ".default.svc.cluster.local";
  }

  private static String name(int service) {
    return "svc-" + service;
  }

  static ServiceName serviceName(int service) {
    return new ServiceName(NAMESPACE, name(service));
  }

  private static Resource service(int service) {
    return read(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: default}
        spec:
          selector: {app: %1$s}
          ports: [{name: http, port: %2$d, targetPort: %3$d}]
        """
            .formatted(name(service), PORT, TARGET_PORT));
  }

  private static Resource read(String yaml) {
    ParsedFile file = IstioReader.read("generated.yaml", yaml);
    if (file.hasErrors()) {
      throw new IllegalStateException("generated: " + file.findings() + " (expected: no errors)");
    }
    return file.resources().get(0);
  }

  /** One of the endpoints of a service is another from now on. */
  void changeEndpoint(int service) {
    revisions[service]++;
  }

  /** Every cluster is another from now on. */
  void changeAll() {
    meshRevision++;
  }

  /** What is declared: the services, and a rule that holds for all of them. */
  List<Resource> resources() {
    List<Resource> resources = new ArrayList<>(services);
    resources.add(
        read(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: all, namespace: default}
            spec:
              host: "*.default.svc.cluster.local"
              trafficPolicy:
                connectionPool: {tcp: {connectTimeout: %1$dms, maxConnections: 1000}}
                outlierDetection: {consecutive5xxErrors: 5, interval: 5s, baseEjectionTime: 30s}
            """
                .formatted(1_000 + meshRevision)));
    return resources;
  }

  /** The endpoints of a service as they are now. */
  List<PlatformEndpoint> endpoints(int service) {
    List<PlatformEndpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < ENDPOINTS; i++) {
      int revision = i == 0 ? revisions[service] : 0;
      String pod = name(service) + "-5d8f7c9b4-" + i + "x" + revision;
      endpoints.add(
          new PlatformEndpoint(
              "10." + (i + 1) + "." + (service >> 8 & 0xff) + "." + (service & 0xff),
              Map.of("http", TARGET_PORT),
              Map.of("app", name(service), "version", "v1", "pod-template-hash", "r" + revision),
              pod,
              "region-1/zone-" + i % 3,
              true));
    }
    return endpoints;
  }
}
