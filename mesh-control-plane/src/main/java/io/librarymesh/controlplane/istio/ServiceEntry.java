package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service that no Kubernetes Service declares; {@code networking.istio.io/ServiceEntry}.
 *
 * @param position where the document begins
 * @param metadata name and namespace
 * @param hosts one service per host, as written; never expanded
 * @param addresses virtual addresses or CIDR blocks
 * @param ports service ports; numbers and names are unique
 * @param location inside or outside the mesh
 * @param resolution how endpoints are found
 * @param endpoints fixed endpoints; excludes {@code workloadSelector}
 * @param workloadSelector labels of the workloads of the namespace that serve the hosts
 * @param exportTo namespaces that see the service; empty means the mesh default
 * @param subjectAltNames server names for TLS rules that have none of their own
 */
public record ServiceEntry(
    SourcePosition position,
    Metadata metadata,
    List<String> hosts,
    List<String> addresses,
    List<Port> ports,
    Location location,
    Resolution resolution,
    List<WorkloadEntry.Spec> endpoints,
    Optional<Map<String, String>> workloadSelector,
    List<String> exportTo,
    List<String> subjectAltNames)
    implements Resource {

  /** Copies the collections. */
  public ServiceEntry {
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
    workloadSelector = workloadSelector.map(Copies::ordered);
    exportTo = List.copyOf(exportTo);
    subjectAltNames = List.copyOf(subjectAltNames);
  }

  @Override
  public Kind kind() {
    return Kind.SERVICE_ENTRY;
  }

  /**
   * A service port; Istio's {@code ServicePort}.
   *
   * @param number the port in URLs
   * @param name unique key, by which endpoints override the port
   * @param protocol what is spoken; unspecified when none was written
   * @param targetPort the endpoints' port; the number when none was written
   */
  public record Port(int number, String name, Protocol protocol, int targetPort) {}

  /** Whether the service belongs to the mesh. */
  public enum Location {
    MESH_EXTERNAL,
    MESH_INTERNAL
  }

  /** How the endpoints of the hosts are found. */
  public enum Resolution {
    NONE,
    STATIC,
    DNS,
    DNS_ROUND_ROBIN,
    DYNAMIC_DNS
  }
}
