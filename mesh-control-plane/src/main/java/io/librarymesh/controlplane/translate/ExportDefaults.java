package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.MeshConfigDocument.DefaultExportTo;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.Service;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes into resources who sees them where they do not say it and the mesh does, so that nobody
 * else has to know of defaults. What says it stays as it is; doing it twice changes nothing.
 */
public final class ExportDefaults {
  private final DefaultExportTo defaults;

  private ExportDefaults(DefaultExportTo defaults) {
    this.defaults = defaults;
  }

  /** The resources as they count in a mesh. */
  public static List<Resource> complete(Collection<Resource> resources, MeshConfig meshConfig) {
    if (meshConfig.defaultExportTo().equals(DefaultExportTo.NONE)) {
      return List.copyOf(resources);
    }
    ExportDefaults all = new ExportDefaults(meshConfig.defaultExportTo());
    return resources.stream().map(all::complete).toList();
  }

  private Resource complete(Resource resource) {
    if (resource instanceof VirtualService rules && rules.exportTo().isEmpty()) {
      return with(rules);
    }
    if (resource instanceof DestinationRule rule
        && rule.exportTo().isEmpty()
        && rule.workloadSelector().isEmpty()) {
      return with(rule);
    }
    if (resource instanceof ServiceEntry entry && entry.exportTo().isEmpty()) {
      return with(entry);
    }
    return resource instanceof KubernetesService service ? with(service) : resource;
  }

  private VirtualService with(VirtualService rules) {
    return new VirtualService(
        rules.position(),
        rules.metadata(),
        rules.hosts(),
        rules.gateways(),
        defaults.virtualServices(),
        rules.http(),
        rules.tls(),
        rules.tcp());
  }

  private DestinationRule with(DestinationRule rule) {
    return new DestinationRule(
        rule.position(),
        rule.metadata(),
        rule.host(),
        defaults.destinationRules(),
        rule.workloadSelector(),
        rule.trafficPolicy(),
        rule.subsets());
  }

  private ServiceEntry with(ServiceEntry entry) {
    return new ServiceEntry(
        entry.position(),
        entry.metadata(),
        entry.hosts(),
        entry.addresses(),
        entry.ports(),
        entry.location(),
        entry.resolution(),
        entry.endpoints(),
        entry.workloadSelector(),
        defaults.services(),
        entry.subjectAltNames());
  }

  /** A Service says it by an annotation. */
  private KubernetesService with(KubernetesService service) {
    Metadata written = service.metadata();
    String value = written.annotations().getOrDefault(Service.EXPORT_TO, "");
    if (!value.isBlank() || defaults.services().isEmpty()) {
      return service;
    }
    Map<String, String> annotations = new HashMap<>(written.annotations());
    annotations.put(Service.EXPORT_TO, String.join(",", defaults.services()));
    Metadata metadata =
        new Metadata(
            written.name(),
            written.namespace(),
            written.labels(),
            annotations,
            written.creationTimestamp());
    return new KubernetesService(
        service.position(),
        metadata,
        service.selector(),
        service.ports(),
        service.type(),
        service.clusterIp(),
        service.externalName(),
        service.trafficDistribution());
  }
}
