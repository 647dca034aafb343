package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints each Service has, put together from the slices that name them, the pods behind
 * them and the nodes that these run on. A change costs the services that it touches. Confined to
 * one thread.
 */
final class ServiceEndpoints {
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  private final NodeTopology topology;
  private final Map<ServiceName, TreeMap<String, EndpointSlice>> slices = new HashMap<>();
  private final Map<ObjectKey, ServiceName> serviceOf = new HashMap<>();

  /** What a pod says of itself that its endpoints have. */
  private record Facts(Map<String, String> labels, String serviceAccount) {
    static final Facts NONE = new Facts(Map.of(), "");
  }

  private final Map<ObjectKey, Facts> podFacts = new HashMap<>();
  private final Map<ObjectKey, Set<ServiceName>> users = new HashMap<>();
  private final Map<String, Set<ServiceName>> tenants = new HashMap<>();

  ServiceEndpoints(NodeTopology topology) {
    this.topology = topology;
  }

  /** Takes a slice as it is now. Returns the services whose endpoints may have changed. */
  Set<ServiceName> put(EndpointSlice slice) {
    Set<ServiceName> touched = new HashSet<>(remove(slice));
    String service = labels(slice.getMetadata().getLabels()).get(SERVICE_LABEL);
    // FQDN slices name hosts; nothing in Kubernetes makes them for a selector.
    if (service == null || service.isEmpty() || "FQDN".equals(slice.getAddressType())) {
      return touched;
    }
    ServiceName name = new ServiceName(slice.getMetadata().getNamespace(), service);
    serviceOf.put(ObjectKey.of(slice), name);
    slices
        .computeIfAbsent(name, absent -> new TreeMap<>())
        .put(slice.getMetadata().getName(), slice);
    for (Endpoint endpoint : endpoints(slice)) {
      pod(slice, endpoint)
          .ifPresent(pod -> users.computeIfAbsent(pod, k -> new HashSet<>()).add(name));
      if (endpoint.getNodeName() != null) {
        tenants.computeIfAbsent(endpoint.getNodeName(), k -> new HashSet<>()).add(name);
      }
    }
    touched.add(name);
    return touched;
  }

  /** Forgets a slice. Returns the services whose endpoints may have changed. */
  Set<ServiceName> remove(EndpointSlice slice) {
    ServiceName name = serviceOf.remove(ObjectKey.of(slice));
    TreeMap<String, EndpointSlice> siblings = name == null ? null : slices.get(name);
    EndpointSlice before = siblings == null ? null : siblings.remove(slice.getMetadata().getName());
    if (name == null || siblings == null || before == null) {
      return Set.of();
    }
    if (siblings.isEmpty()) {
      slices.remove(name);
    }
    forgetUses(name, before, siblings);
    return Set.of(name);
  }

  /** Takes a pod as it is now. Returns the services whose endpoints may have changed. */
  Set<ServiceName> put(Pod pod) {
    ObjectKey key = ObjectKey.of(pod);
    Facts now = new Facts(labels(pod.getMetadata().getLabels()), PodWorkloads.serviceAccount(pod));
    return now.equals(podFacts.put(key, now)) ? Set.of() : Set.copyOf(usersOf(key));
  }

  /** Forgets a pod. Returns the services whose endpoints may have changed. */
  Set<ServiceName> remove(Pod pod) {
    ObjectKey key = ObjectKey.of(pod);
    return podFacts.remove(key) == null ? Set.of() : Set.copyOf(usersOf(key));
  }

  /** The services that have endpoints on a node. */
  Set<ServiceName> on(Node node) {
    return Set.copyOf(tenants.getOrDefault(node.getMetadata().getName(), Set.of()));
  }

  /** The services that have slices. */
  Set<ServiceName> services() {
    return Set.copyOf(slices.keySet());
  }

  /** What is known of a service now, in the order of its slices. */
  List<PlatformEndpoint> of(ServiceName service) {
    List<PlatformEndpoint> found = new ArrayList<>();
    slices
        .getOrDefault(service, new TreeMap<>())
        .values()
        .forEach(slice -> endpoints(slice).forEach(endpoint -> add(found, slice, endpoint)));
    return found;
  }

  private void add(List<PlatformEndpoint> found, EndpointSlice slice, Endpoint endpoint) {
    Map<String, Integer> ports = new HashMap<>();
    if (slice.getPorts() != null) {
      for (EndpointPort port : slice.getPorts()) {
        if (port.getPort() != null) {
          ports.put(port.getName() == null ? "" : port.getName(), port.getPort());
        }
      }
    }
    Optional<ObjectKey> pod = pod(slice, endpoint);
    Facts facts = pod.map(key -> podFacts.getOrDefault(key, Facts.NONE)).orElse(Facts.NONE);
    for (String address : endpoint.getAddresses()) {
      found.add(
          new PlatformEndpoint(
              address,
              ports,
              facts.labels,
              pod.map(ObjectKey::name).orElse(""),
              topology.locality(facts.labels, endpoint.getNodeName(), endpoint.getZone()),
              isReady(endpoint.getConditions()),
              facts.serviceAccount));
    }
  }

  /** Unknown is ready, as EndpointSlices define it. */
  private static boolean isReady(@Nullable EndpointConditions conditions) {
    return conditions == null || conditions.getReady() == null || conditions.getReady();
  }

  private void forgetUses(
      ServiceName name, EndpointSlice gone, Map<String, EndpointSlice> siblings) {
    Set<ObjectKey> pods = new HashSet<>();
    Set<String> hosts = new HashSet<>();
    for (EndpointSlice slice : siblings.values()) {
      for (Endpoint endpoint : endpoints(slice)) {
        pod(slice, endpoint).ifPresent(pods::add);
        if (endpoint.getNodeName() != null) {
          hosts.add(endpoint.getNodeName());
        }
      }
    }
    for (Endpoint endpoint : endpoints(gone)) {
      pod(gone, endpoint)
          .filter(key -> !pods.contains(key))
          .ifPresent(key -> drop(users, key, name));
      if (endpoint.getNodeName() != null && !hosts.contains(endpoint.getNodeName())) {
        drop(tenants, endpoint.getNodeName(), name);
      }
    }
  }

  private static <K> void drop(Map<K, Set<ServiceName>> uses, K key, ServiceName name) {
    uses.computeIfPresent(
        key,
        (k, names) -> {
          names.remove(name);
          return names.isEmpty() ? null : names;
        });
  }

  private Set<ServiceName> usersOf(ObjectKey pod) {
    return users.getOrDefault(pod, Set.of());
  }

  private static Optional<ObjectKey> pod(EndpointSlice slice, Endpoint endpoint) {
    ObjectReference target = endpoint.getTargetRef();
    return target != null && "Pod".equals(target.getKind()) && target.getName() != null
        ? Optional.of(new ObjectKey("Pod", slice.getMetadata().getNamespace(), target.getName()))
        : Optional.empty();
  }

  private static List<Endpoint> endpoints(EndpointSlice slice) {
    return slice.getEndpoints() == null ? List.of() : slice.getEndpoints();
  }

  private static Map<String, String> labels(@Nullable Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }
}
