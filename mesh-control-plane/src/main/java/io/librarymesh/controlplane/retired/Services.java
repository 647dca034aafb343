package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Resource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Services that retired resources name. */
final class Services {
  private final String domain;
  private final Map<String, KubernetesService> byHost = new LinkedHashMap<>();

  Services(Collection<Resource> resources, String domain) {
    this.domain = domain;
    for (Resource resource : resources) {
      if (resource instanceof KubernetesService service) {
        byHost.put(host(service), service);
      }
    }
  }

  String host(String name, String namespace) {
    return name + "." + namespace + ".svc." + domain;
  }

  String host(KubernetesService service) {
    return host(service.metadata().name(), service.metadata().namespace());
  }

  Optional<KubernetesService> of(String host) {
    return Optional.ofNullable(byHost.get(host));
  }

  Optional<KubernetesService> of(String name, String namespace) {
    return of(host(name, namespace));
  }

  /** All of a namespace, in the order of the resources. */
  List<KubernetesService> in(String namespace) {
    return byHost.values().stream()
        .filter(service -> service.metadata().namespace().equals(namespace))
        .toList();
  }

  /** The others of the namespace whose workloads its labels select as well. */
  List<KubernetesService> alsoSelected(KubernetesService service) {
    return in(service.metadata().namespace()).stream()
        .filter(other -> !other.metadata().name().equals(service.metadata().name()))
        .filter(o -> o.selector().entrySet().containsAll(service.selector().entrySet()))
        .toList();
  }
}
