package io.librarymesh.controlplane.conformance;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.RejectedConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The resources of a case: its services and rules as the reader reads them, and a WorkloadEntry for
 * each endpoint, which carries the labels that its service selects.
 */
final class WorldResources {
  private static final SourcePosition NOWHERE = SourcePosition.wholeFile("endpoints");

  private final List<Resource> resources = new ArrayList<>();
  private final String domain;

  private WorldResources(String domain) {
    this.domain = domain;
  }

  /**
   * Reads a world.
   *
   * @throws RejectedConfigException with all errors that the reader found
   */
  static List<Resource> of(Given.IstioWorld world, String domain) throws RejectedConfigException {
    WorldResources all = new WorldResources(domain);
    all.read("services.yaml", world.services());
    all.read("rules.yaml", world.rules());
    List<Resource> declared = List.copyOf(all.resources);
    world.endpoints().forEach((host, endpoints) -> all.add(host, endpoints, declared));
    return all.resources;
  }

  private void read(String file, String yaml) throws RejectedConfigException {
    ParsedFile parsed = IstioReader.read(file, yaml);
    if (parsed.hasErrors()) {
      throw new RejectedConfigException(
          parsed.findings().stream()
              .filter(Finding::isError)
              .map(Finding::toString)
              .collect(Collectors.joining("; ")));
    }
    resources.addAll(parsed.resources());
  }

  private void add(String host, List<LocalityEndpoints> localities, List<Resource> declared) {
    if (host.equals(Given.IstioWorld.INLINE)) {
      return; // The rules name them.
    }
    Selection selection =
        declared.stream()
            .flatMap(resource -> selection(resource, host).stream())
            .findFirst()
            .orElseThrow(
                () -> new AssertionError("hosts: " + host + " (expected: a service's host)"));
    for (LocalityEndpoints group : localities) {
      for (Endpoint endpoint : group.endpoints()) {
        String name = "endpoint-" + resources.size();
        resources.add(selection.entry(endpoint, group.locality(), name));
      }
    }
  }

  private Optional<Selection> selection(Resource resource, String host) {
    Metadata metadata = resource.metadata();
    if (resource instanceof KubernetesService service) {
      String name = metadata.name() + "." + metadata.namespace() + ".svc." + domain;
      List<String> ports = service.ports().stream().map(KubernetesService.Port::name).toList();
      return name.equals(host)
          ? Optional.of(new Selection(metadata.namespace(), service.selector(), ports))
          : Optional.empty();
    }
    if (resource instanceof ServiceEntry entry && entry.hosts().contains(host)) {
      List<String> ports = entry.ports().stream().map(ServiceEntry.Port::name).toList();
      return Optional.of(
          new Selection(metadata.namespace(), entry.workloadSelector().orElse(Map.of()), ports));
    }
    return Optional.empty();
  }

  private static String place(Locality locality) {
    return locality.equals(Locality.NONE)
        ? ""
        : locality.region() + "/" + locality.zone() + "/" + locality.subZone();
  }

  /** What makes a workload one of a service. */
  private record Selection(String namespace, Map<String, String> labels, List<String> ports) {
    WorkloadEntry entry(Endpoint endpoint, Locality locality, String name) {
      if (labels.isEmpty()) {
        throw new AssertionError("service of " + endpoint.address() + " (expected: a selector)");
      }
      if (endpoint.health() != HealthStatus.HEALTHY) {
        throw new AssertionError("health: " + endpoint.health() + " (expected: HEALTHY)");
      }
      Map<String, String> all = new TreeMap<>(labels);
      all.putAll(endpoint.labels());
      Map<String, Integer> bound = new HashMap<>();
      ports.forEach(port -> bound.put(port, endpoint.port()));
      WorkloadEntry.Spec spec =
          new WorkloadEntry.Spec(
              NOWHERE,
              Optional.of(endpoint.address()),
              bound,
              all,
              "",
              place(locality),
              endpoint.weight(),
              "");
      Metadata metadata = new Metadata(name, namespace, Map.of(), Map.of(), Optional.empty());
      return new WorkloadEntry(NOWHERE, metadata, spec);
    }
  }
}
