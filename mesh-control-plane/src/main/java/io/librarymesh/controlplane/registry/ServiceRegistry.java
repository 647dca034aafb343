package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.istio.WorkloadGroup;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps services and their endpoints up to date. A change costs what it touches: a workload that
 * registers recomputes the services of its namespace that select it, an edited file the services
 * that it declares.
 *
 * <p>Confined to one thread at a time; the snapshots it hands out are immutable.
 */
public final class ServiceRegistry {

  /** Oldest first; objects without a time tie, and name and namespace decide. */
  private static final Comparator<Resource> OLDEST_FIRST =
      Comparator.comparing(
          Resource::metadata,
          Comparator.comparing((Metadata m) -> m.creationTimestamp().orElse(Instant.MAX))
              .thenComparing(Metadata::name)
              .thenComparing(Metadata::namespace));

  private final String domain;
  private final Map<Key, DeclaredService> declared = new LinkedHashMap<>();
  private final Map<Key, RegisteredService> registered = new HashMap<>();
  private final Map<String, Map<String, Workload>> workloads = new HashMap<>();

  /** As they registered, by key; those of groups that are not known are nowhere else. */
  private final Map<String, Workload> registrations = new LinkedHashMap<>();

  private final Map<ServiceName, List<PlatformEndpoint>> platform = new HashMap<>();
  private final Map<String, SortedMap<String, PlatformWorkload>> pods = new HashMap<>();

  /** Of each namespace, the ServiceEntries that select workloads. */
  private Map<String, List<Key>> selecting = Map.of();

  private Map<String, List<WorkloadEntry>> entries = Map.of();
  private Map<GroupName, WorkloadGroup> groups = Map.of();
  private RegistrySnapshot snapshot = RegistrySnapshot.EMPTY;

  private record GroupName(String namespace, String name) {}

  private record Key(Resource.Kind kind, String namespace, String name, String host) {

    static Key of(Service service) {
      return new Key(
          service.declaredBy().kind(),
          service.declaredBy().namespace(),
          service.declaredBy().name(),
          service.host());
    }
  }

  /**
   * An empty registry.
   *
   * @param domain the cluster domain, such as {@code cluster.local}
   */
  public ServiceRegistry(String domain) {
    this.domain = domain;
  }

  /** What is registered now. */
  public RegistrySnapshot snapshot() {
    return snapshot;
  }

  /**
   * Replaces everything that comes from configuration.
   *
   * @return hosts, and virtual addresses, of services whose declaration or endpoints changed
   */
  public Set<String> configure(Collection<Resource> resources) {
    Map<String, List<WorkloadEntry>> newEntries = new HashMap<>();
    Map<GroupName, WorkloadGroup> newGroups = new HashMap<>();
    Map<Key, DeclaredService> newDeclared = new LinkedHashMap<>();
    for (Resource resource : resources.stream().sorted(OLDEST_FIRST).toList()) {
      if (resource instanceof WorkloadEntry entry) {
        newEntries.computeIfAbsent(entry.metadata().namespace(), n -> new ArrayList<>()).add(entry);
      }
      if (resource instanceof WorkloadGroup group) {
        Metadata metadata = group.metadata();
        newGroups.putIfAbsent(new GroupName(metadata.namespace(), metadata.name()), group);
      }
      for (DeclaredService service : DeclaredService.of(resource, domain)) {
        newDeclared.put(Key.of(service.service()), service);
      }
    }
    Set<String> changed = new HashSet<>();
    Set<Key> gone = new HashSet<>(declared.keySet());
    gone.removeAll(newDeclared.keySet());
    gone.forEach(key -> replace(key, null, changed));
    Set<String> reselect = changedNamespaces(entries, newEntries);
    entries = newEntries;
    reselect.addAll(regroup(newGroups));
    newDeclared.forEach(
        (key, service) -> {
          if (reselect.contains(key.namespace()) || !service.equals(declared.get(key))) {
            replace(key, service, changed);
          }
        });
    declared.clear();
    declared.putAll(newDeclared);
    selecting =
        newDeclared.entrySet().stream()
            .filter(service -> service.getValue().selectsPlatformWorkloads())
            .map(Map.Entry::getKey)
            .collect(Collectors.groupingBy(Key::namespace));
    publish(changed);
    return changed;
  }

  /**
   * Adds a workload, or replaces what was registered under its key.
   *
   * @param key the registration's identity, unique among those that live
   * @return hosts of services whose endpoints changed
   */
  public Set<String> register(String key, Workload workload) {
    Set<String> changed = new HashSet<>(unregister(key));
    registrations.put(key, workload);
    Workload placed = place(key, workload);
    return placed == null ? changed : reselect(placed, changed);
  }

  /**
   * Takes a workload away; nothing happens when the key is unknown.
   *
   * @return hosts of services whose endpoints changed
   */
  public Set<String> unregister(String key) {
    Workload registered = registrations.remove(key);
    Map<String, Workload> siblings =
        registered == null ? null : workloads.get(registered.namespace());
    Workload workload = siblings == null ? null : siblings.remove(key);
    return workload == null ? Set.of() : reselect(workload, new HashSet<>());
  }

  /** The WorkloadGroup of this name, when there is one. */
  public Optional<WorkloadGroup> group(String namespace, String name) {
    return Optional.ofNullable(groups.get(new GroupName(namespace, name)));
  }

  /** Puts a workload with what its group says among the others; null when the group is unknown. */
  private @Nullable Workload place(String key, Workload registered) {
    Map<String, Workload> siblings =
        workloads.computeIfAbsent(registered.namespace(), n -> new LinkedHashMap<>());
    Workload workload = registered;
    if (registered.group().isPresent()) {
      WorkloadGroup group = group(registered.namespace(), registered.group().get()).orElse(null);
      if (group == null) {
        siblings.remove(key);
        return null;
      }
      workload = registered.in(group);
    }
    siblings.put(key, workload);
    return workload;
  }

  /** Places the workloads of changed groups anew. Returns the namespaces of these groups. */
  private Set<String> regroup(Map<GroupName, WorkloadGroup> newGroups) {
    Set<GroupName> different = new HashSet<>(groups.keySet());
    different.addAll(newGroups.keySet());
    Map<GroupName, WorkloadGroup> before = groups;
    different.removeIf(name -> Objects.equals(before.get(name), newGroups.get(name)));
    groups = newGroups;
    Set<String> namespaces = new HashSet<>();
    if (!different.isEmpty()) {
      registrations.forEach(
          (key, workload) -> {
            GroupName name =
                workload.group().map(g -> new GroupName(workload.namespace(), g)).orElse(null);
            if (name != null && different.contains(name)) {
              Workload unused = place(key, workload);
              namespaces.add(workload.namespace());
            }
          });
    }
    return namespaces;
  }

  /**
   * Replaces what the platform knows of a Kubernetes Service; kept for one that is not declared
   * yet.
   *
   * @return hosts of services whose endpoints changed
   */
  public Set<String> endpoints(ServiceName service, List<PlatformEndpoint> endpoints) {
    List<PlatformEndpoint> now = List.copyOf(endpoints);
    List<PlatformEndpoint> before =
        now.isEmpty() ? platform.remove(service) : platform.put(service, now);
    if (now.equals(before)) {
      return Set.of();
    }
    Key key =
        new Key(
            Resource.Kind.KUBERNETES_SERVICE,
            service.namespace(),
            service.name(),
            DeclaredService.host(service.namespace(), service.name(), domain));
    Set<String> changed = new HashSet<>();
    DeclaredService known = declared.get(key);
    if (known != null) {
      replace(key, known, changed);
      publish(changed);
    }
    return changed;
  }

  /**
   * Replaces what the platform knows of a workload, which ServiceEntries of its namespace may
   * select; Kubernetes Services have their endpoints from {@link #endpoints}.
   *
   * @return hosts of services whose endpoints changed
   */
  public Set<String> workload(WorkloadName name, Optional<PlatformWorkload> workload) {
    SortedMap<String, PlatformWorkload> siblings =
        pods.computeIfAbsent(name.namespace(), n -> new TreeMap<>());
    PlatformWorkload now = workload.orElse(null);
    PlatformWorkload before =
        now == null ? siblings.remove(name.name()) : siblings.put(name.name(), now);
    if (siblings.isEmpty()) {
      pods.remove(name.namespace());
    }
    Set<String> changed = new HashSet<>();
    if (Objects.equals(now, before)) {
      return changed;
    }
    for (Key key : selecting.getOrDefault(name.namespace(), List.of())) {
      DeclaredService service = declared.get(key);
      if (service != null && (isSelected(service, before) || isSelected(service, now))) {
        replace(key, service, changed);
      }
    }
    publish(changed);
    return changed;
  }

  private static boolean isSelected(DeclaredService service, @Nullable PlatformWorkload workload) {
    return workload != null && service.selects(workload.labels());
  }

  private List<PlatformEndpoint> platformEndpoints(Key key) {
    return key.kind() == Resource.Kind.KUBERNETES_SERVICE
        ? platform.getOrDefault(new ServiceName(key.namespace(), key.name()), List.of())
        : List.of();
  }

  private Set<String> reselect(Workload workload, Set<String> changed) {
    declared.forEach(
        (key, service) -> {
          if (key.namespace().equals(workload.namespace()) && service.selects(workload.labels())) {
            replace(key, service, changed);
          }
        });
    publish(changed);
    return changed;
  }

  private void replace(Key key, @Nullable DeclaredService service, Set<String> changed) {
    RegisteredService before = registered.get(key);
    RegisteredService after =
        service == null
            ? null
            : EndpointSelection.of(
                service,
                entriesOf(entries, key.namespace()),
                workloads.getOrDefault(key.namespace(), Map.of()).values(),
                platformEndpoints(key),
                service.selectsPlatformWorkloads()
                    ? pods.getOrDefault(key.namespace(), Collections.emptySortedMap())
                    : Map.of());
    if (after == null) {
      registered.remove(key);
    } else {
      registered.put(key, after);
    }
    if (before != null && !before.equals(after)) {
      addNames(before.service(), changed);
    }
    if (after != null && !after.equals(before)) {
      addNames(after.service(), changed);
    }
  }

  private static Set<String> changedNamespaces(
      Map<String, List<WorkloadEntry>> before, Map<String, List<WorkloadEntry>> after) {
    Set<String> namespaces = new HashSet<>(before.keySet());
    namespaces.addAll(after.keySet());
    namespaces.removeIf(n -> entriesOf(before, n).equals(entriesOf(after, n)));
    return namespaces;
  }

  private static void addNames(Service service, Set<String> names) {
    names.add(service.key());
    names.addAll(service.addresses());
  }

  private void publish(Set<String> changed) {
    if (!changed.isEmpty()) {
      snapshot =
          RegistrySnapshot.of(
              declared.keySet().stream().map(registered::get).filter(s -> s != null).toList());
    }
  }

  private static List<WorkloadEntry> entriesOf(
      Map<String, List<WorkloadEntry>> entries, String namespace) {
    return entries.getOrDefault(namespace, List.of());
  }
}
