package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** All services with their endpoints at one moment. Immutable; any thread. */
public final class RegistrySnapshot {

  /** Nothing is registered. */
  public static final RegistrySnapshot EMPTY = new RegistrySnapshot(Map.of());

  private final Map<String, List<RegisteredService>> byHost;
  private final Map<String, List<RegisteredService>> byAddress;
  private final List<String> wildcards;
  private final int size;

  private RegistrySnapshot(Map<String, List<RegisteredService>> byHost) {
    this.byHost = byHost;
    this.byAddress = new LinkedHashMap<>();
    this.size = byHost.values().stream().mapToInt(List::size).sum();
    for (List<RegisteredService> services : byHost.values()) {
      for (RegisteredService service : services) {
        for (String address : service.service().addresses()) {
          byAddress.computeIfAbsent(address, a -> new ArrayList<>(1)).add(service);
        }
      }
    }
    this.wildcards =
        byHost.keySet().stream()
            .filter(host -> host.startsWith("*"))
            .sorted(
                Comparator.comparing(String::length)
                    .reversed()
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
  }

  /**
   * Groups services by host.
   *
   * @param services in the order of preference among equals: older before newer
   */
  static RegistrySnapshot of(Collection<RegisteredService> services) {
    Map<String, List<RegisteredService>> byHost = new LinkedHashMap<>();
    services.forEach(
        s -> byHost.computeIfAbsent(s.service().key(), host -> new ArrayList<>(1)).add(s));
    byHost.values().forEach(RegistrySnapshot::kubernetesFirst);
    return new RegistrySnapshot(byHost);
  }

  private static void kubernetesFirst(List<RegisteredService> services) {
    services.sort(
        Comparator.comparing(
            s -> s.service().declaredBy().kind() == Resource.Kind.KUBERNETES_SERVICE ? 0 : 1));
  }

  /**
   * The service of exactly this host as a namespace sees it. Of several, one of the client's
   * namespace comes first, then a Kubernetes Service, then the oldest ServiceEntry that has the
   * port.
   *
   * @param host a full host in any case, or a wildcard as declared
   */
  public Optional<RegisteredService> service(String host, int port, String clientNamespace) {
    return service(host, port, clientNamespace, service -> true);
  }

  /** The same among those that the client imports. */
  public Optional<RegisteredService> service(
      String host, int port, String clientNamespace, Predicate<Service> imported) {
    return pick(withHost(host), port, clientNamespace, imported);
  }

  /** The service of exactly this host, whatever its ports; same preference. */
  public Optional<RegisteredService> service(String host, String clientNamespace) {
    return service(host, clientNamespace, service -> true);
  }

  /** The same among those that the client imports. */
  public Optional<RegisteredService> service(
      String host, String clientNamespace, Predicate<Service> imported) {
    return visible(withHost(host), clientNamespace, imported).findFirst();
  }

  /** The service with this virtual address and port. */
  public Optional<RegisteredService> serviceAt(String address, int port, String clientNamespace) {
    return serviceAt(address, port, clientNamespace, service -> true);
  }

  /** The same among those that the client imports. */
  public Optional<RegisteredService> serviceAt(
      String address, int port, String clientNamespace, Predicate<Service> imported) {
    return pick(byAddress.getOrDefault(address, List.of()), port, clientNamespace, imported);
  }

  private List<RegisteredService> withHost(String host) {
    return byHost.getOrDefault(host.toLowerCase(Locale.ROOT), List.of());
  }

  /** Wildcard hosts, longest first. */
  public List<String> wildcardHosts() {
    return wildcards;
  }

  /** The hosts of all services, lower-case, wildcards included. */
  public Set<String> hosts() {
    return Collections.unmodifiableSet(byHost.keySet());
  }

  /**
   * All services of exactly this host, whoever sees them.
   *
   * @param host a full host in any case, or a wildcard as declared
   */
  public List<RegisteredService> servicesOf(String host) {
    return List.copyOf(byHost.getOrDefault(host.toLowerCase(Locale.ROOT), List.of()));
  }

  /** All services, by host in the order of their declaration. */
  public Stream<RegisteredService> services() {
    return byHost.values().stream().flatMap(List::stream);
  }

  /** How many services there are. */
  public int size() {
    return size;
  }

  /** What there is to say about services and the workloads behind them. */
  public List<Finding> findings() {
    return services().flatMap(s -> s.findings().stream()).toList();
  }

  private static Optional<RegisteredService> pick(
      List<RegisteredService> services,
      int port,
      String clientNamespace,
      Predicate<Service> imported) {
    return visible(services, clientNamespace, imported)
        .filter(s -> s.service().port(port).isPresent())
        .findFirst();
  }

  private static Stream<RegisteredService> visible(
      List<RegisteredService> services, String clientNamespace, Predicate<Service> imported) {
    // Stable: what is equal here keeps the order of preference of the list.
    return services.stream()
        .filter(s -> s.service().isVisibleTo(clientNamespace) && imported.test(s.service()))
        .sorted(Comparator.comparing(s -> s.service().namespace().equals(clientNamespace) ? 0 : 1));
  }
}
