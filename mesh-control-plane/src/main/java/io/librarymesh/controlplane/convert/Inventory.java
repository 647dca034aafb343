package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the files say about the services that rules name. A host of a cluster says by itself which
 * Service it is; of the ports of a Service, and of all other hosts, only the files know.
 *
 * @param resources of all files
 * @param domain the cluster domain
 */
record Inventory(List<Resource> resources, String domain) {

  /** Copies the list. */
  Inventory {
    resources = List.copyOf(resources);
  }

  /** A Kubernetes Service by name. */
  record ServiceName(String name, String namespace) {}

  <R extends Resource> Stream<R> all(Class<R> type) {
    return resources.stream().filter(type::isInstance).map(type::cast);
  }

  /** A short name is one of the namespace of who writes it. */
  String complete(String host, String namespace) {
    return host.indexOf('.') >= 0 || host.isEmpty() || host.equals("*")
        ? host
        : host + "." + namespace + ".svc." + domain;
  }

  /** The host of a Service. */
  String host(String name, String namespace) {
    return name + "." + namespace + ".svc." + domain;
  }

  /** The host as it is written in a namespace, as short as it can be. */
  String written(String host, String namespace) {
    String suffix = "." + namespace + ".svc." + domain;
    String name = host.endsWith(suffix) ? host.substring(0, host.length() - suffix.length()) : host;
    return name.isEmpty() || name.indexOf('.') >= 0 ? host : name;
  }

  /** The Service that a complete host stands for. */
  Optional<ServiceName> service(String host) {
    String suffix = ".svc." + domain;
    if (!host.endsWith(suffix)) {
      return Optional.empty();
    }
    String[] labels = host.substring(0, host.length() - suffix.length()).split("\\.", -1);
    return labels.length == 2 && !labels[0].startsWith("*")
        ? Optional.of(new ServiceName(labels[0], labels[1]))
        : Optional.empty();
  }

  /** The ServiceEntry that has a host; of several the first. */
  Optional<ServiceEntry> entry(String host) {
    return all(ServiceEntry.class).filter(entry -> entry.hosts().contains(host)).findFirst();
  }

  /** The ports of a complete host; empty when the files do not say. */
  List<Integer> ports(String host) {
    Optional<KubernetesService> service =
        service(host)
            .flatMap(
                name ->
                    all(KubernetesService.class)
                        .filter(
                            s ->
                                s.metadata().name().equals(name.name())
                                    && s.metadata().namespace().equals(name.namespace()))
                        .findFirst());
    return service
        .map(s -> s.ports().stream().map(KubernetesService.Port::port).toList())
        .or(() -> entry(host).map(e -> e.ports().stream().map(ServiceEntry.Port::number).toList()))
        .orElse(List.of());
  }
}
