package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.KubernetesService.TargetPortNumber;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Gateways of Istio, the VirtualServices that name them (those of Ingresses included), and the
 * Services in front of the proxies that listen for them. Immutable.
 */
final class GatewayIndex {

  /**
   * What a proxy listens on depends on this, as on a host that is looked at. No host has a bar in
   * its name.
   */
  static final String SERVERS = "gateway|";

  private final List<Gateway> gateways;
  private final Map<String, List<VirtualService>> rules = new HashMap<>();
  private final Map<String, List<KubernetesService>> services = new HashMap<>();

  GatewayIndex(Collection<Resource> resources) {
    gateways = of(Gateway.class, resources).sorted(OldestFirst.ORDER).toList();
    of(VirtualService.class, resources)
        .sorted(OldestFirst.ORDER)
        .forEach(vs -> names(vs).forEach(name -> add(rules, name, vs)));
    if (!gateways.isEmpty()) {
      of(KubernetesService.class, resources)
          .filter(service -> !service.selector().isEmpty())
          .forEach(service -> add(services, service.metadata().namespace(), service));
    }
  }

  private static <R extends Resource> Stream<R> of(Class<R> kind, Collection<Resource> resources) {
    return resources.stream().filter(kind::isInstance).map(kind::cast);
  }

  private static <R> void add(Map<String, List<R>> map, String key, R value) {
    map.computeIfAbsent(key, k -> new ArrayList<>(1)).add(value);
  }

  /** The Gateways that rules are for, as {@code namespace/name}. */
  static Set<String> names(VirtualService vs) {
    Set<String> names = new LinkedHashSet<>(vs.gateways());
    names.remove(VirtualService.MESH_GATEWAY);
    return names;
  }

  /** What translations depend on that look at the rules of a Gateway; see {@link #SERVERS}. */
  static String key(String gateway) {
    return SERVERS + gateway.toLowerCase(Locale.ROOT);
  }

  /** What may be translated otherwise when a resource changes, besides hosts. */
  static Set<String> keys(Resource resource) {
    Set<String> keys = new LinkedHashSet<>();
    if (resource instanceof Gateway || resource instanceof KubernetesService) {
      keys.add(SERVERS);
    } else if (resource instanceof VirtualService vs) {
      names(vs).forEach(name -> keys.add(key(name)));
    }
    return keys;
  }

  boolean isEmpty() {
    return gateways.isEmpty();
  }

  /** All Gateways, the oldest first. */
  List<Gateway> gateways() {
    return gateways;
  }

  /** What proxies with these labels listen for. */
  MergedGateway merged(Map<String, String> labels, String namespace) {
    return MergedGateway.of(
        gateways.stream()
            .filter(gateway -> labels.entrySet().containsAll(gateway.selector().entrySet()))
            .toList(),
        port -> listenedAt(port, labels, namespace));
  }

  /**
   * A port of a Gateway is that of the Service in front of the proxies, where there is such a one:
   * they listen on its target port.
   */
  private int listenedAt(int port, Map<String, String> labels, String namespace) {
    return services.getOrDefault(namespace, List.of()).stream()
        .filter(service -> labels.entrySet().containsAll(service.selector().entrySet()))
        .flatMap(service -> service.ports().stream())
        .filter(candidate -> candidate.port() == port)
        .flatMap(candidate -> number(candidate.targetPort()).stream())
        .findFirst()
        .orElse(port);
  }

  private static Optional<Integer> number(KubernetesService.TargetPort target) {
    return target instanceof TargetPortNumber written
        ? Optional.of(written.number())
        : Optional.empty();
  }

  /**
   * The rules for a Gateway that a namespace sees, in the order in which they are tried.
   *
   * @param gateway {@code namespace/name}
   */
  List<VirtualService> rules(String gateway, String namespace) {
    return rules.getOrDefault(gateway, List.of()).stream()
        .filter(vs -> ExportTo.rank(vs.exportTo(), vs, namespace) < ExportTo.HIDDEN)
        .sorted(Comparator.comparing(vs -> ExportTo.rank(vs.exportTo(), vs, namespace)))
        .toList();
  }

  /** The labels that Gateways and the Services in front of proxies select by. */
  static Set<String> labelKeys(Collection<Resource> resources) {
    Set<String> keys = new LinkedHashSet<>();
    of(Gateway.class, resources).forEach(gateway -> keys.addAll(gateway.selector().keySet()));
    of(KubernetesService.class, resources).forEach(s -> keys.addAll(s.selector().keySet()));
    return keys;
  }
}
