package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.KubernetesService.TargetPortNumber;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.PersistentSession;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.registry.Service.Declaration;
import io.librarymesh.controlplane.registry.Service.Resolution;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service as declared, with what leads to its endpoints.
 *
 * @param selector labels of the workloads of its namespace that serve it; absent selects none
 * @param inline endpoints that the declaration itself lists
 */
record DeclaredService(
    Service service, Optional<Map<String, String>> selector, List<WorkloadEntry.Spec> inline) {

  /** The services that a Kubernetes Service or a ServiceEntry declares; none for other kinds. */
  static List<DeclaredService> of(Resource resource, String domain) {
    if (resource instanceof KubernetesService service) {
      return List.of(ofKubernetes(service, domain));
    }
    if (resource instanceof ServiceEntry entry) {
      return entry.hosts().stream().map(host -> ofEntry(entry, host)).toList();
    }
    return List.of();
  }

  /** The host of a Kubernetes Service. */
  static String host(String namespace, String name, String domain) {
    return name + "." + namespace + ".svc." + domain;
  }

  /** Whether a workload of the service's namespace with these labels serves it. */
  boolean selects(Map<String, String> labels) {
    return selector.isPresent() && labels.entrySet().containsAll(selector.get().entrySet());
  }

  /**
   * Whether workloads that the platform runs are looked at. The endpoints of a Kubernetes Service
   * the platform itself finds.
   */
  boolean selectsPlatformWorkloads() {
    return selector.isPresent() && !service.isKubernetes();
  }

  /** Whether endpoints may have DNS names for addresses. */
  boolean resolvesNames() {
    return service.resolution() == Resolution.DNS
        || service.resolution() == Resolution.DNS_ROUND_ROBIN;
  }

  private static DeclaredService ofKubernetes(KubernetesService declared, String domain) {
    Metadata metadata = declared.metadata();
    List<ServicePort> ports =
        declared.ports().stream()
            .map(p -> new ServicePort(p.port(), p.name(), p.protocol(), p.targetPort()))
            .toList();
    Service service =
        new Service(
            host(metadata.namespace(), metadata.name(), domain),
            declaration(declared),
            resolutionOf(declared),
            ports,
            declared.clusterIp().filter(IpAddresses::isLiteral).map(List::of).orElse(List.of()),
            exportTo(metadata),
            declared.externalName(),
            declared.trafficDistribution().map(DeclaredService::distribution),
            declared.type() == KubernetesService.Type.EXTERNAL_NAME,
            List.of(),
            PersistentSession.of(metadata.labels()));
    Optional<Map<String, String>> selector =
        Optional.of(declared.selector()).filter(labels -> !labels.isEmpty());
    return new DeclaredService(service, selector, List.of());
  }

  private static Service.TrafficDistribution distribution(String text) {
    return text.equals(KubernetesService.PREFER_SAME_NODE)
        ? Service.TrafficDistribution.PREFER_SAME_NODE
        : Service.TrafficDistribution.PREFER_SAME_ZONE;
  }

  private static Resolution resolutionOf(KubernetesService service) {
    if (service.type() == KubernetesService.Type.EXTERNAL_NAME) {
      return Resolution.ALIAS;
    }
    return service.isHeadless() ? Resolution.PASSTHROUGH : Resolution.STATIC;
  }

  private static List<String> exportTo(Metadata metadata) {
    String annotation = metadata.annotations().get(Service.EXPORT_TO);
    if (annotation == null || annotation.isBlank()) {
      return List.of();
    }
    return List.of(annotation.strip().split("\\s*,\\s*", -1));
  }

  private static DeclaredService ofEntry(ServiceEntry entry, String host) {
    List<ServicePort> ports =
        entry.ports().stream()
            .map(
                p ->
                    new ServicePort(
                        p.number(), p.name(), p.protocol(), new TargetPortNumber(p.targetPort())))
            .toList();
    Service service =
        new Service(
            host,
            declaration(entry),
            resolutionOf(entry, host),
            ports,
            entry.addresses().stream().filter(IpAddresses::isLiteral).toList(),
            entry.exportTo(),
            Optional.empty(),
            Optional.empty(),
            entry.location() == ServiceEntry.Location.MESH_EXTERNAL,
            entry.subjectAltNames(),
            PersistentSession.of(entry.metadata().labels()));
    Optional<Map<String, String>> selector =
        entry.resolution() == ServiceEntry.Resolution.NONE
            ? Optional.empty()
            : entry.workloadSelector();
    return new DeclaredService(service, selector, entry.endpoints());
  }

  /** Where the port is another than that of the URL, the host is what the caller goes to. */
  private static Resolution resolutionOf(ServiceEntry entry, String host) {
    return switch (entry.resolution()) {
      case NONE ->
          entry.ports().stream().anyMatch(port -> port.targetPort() != port.number())
                  && !host.startsWith("*")
              ? Resolution.DNS
              : Resolution.PASSTHROUGH;
      case STATIC -> Resolution.STATIC;
      case DNS -> Resolution.DNS;
      case DNS_ROUND_ROBIN -> Resolution.DNS_ROUND_ROBIN;
      case DYNAMIC_DNS -> Resolution.DYNAMIC_DNS;
    };
  }

  private static Declaration declaration(Resource resource) {
    return new Declaration(
        resource.kind(),
        resource.metadata().namespace(),
        resource.metadata().name(),
        resource.position());
  }
}
