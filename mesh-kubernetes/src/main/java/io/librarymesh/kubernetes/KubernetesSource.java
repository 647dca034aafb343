package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import io.librarymesh.controlplane.store.ConfigStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches a Kubernetes API server: Services and custom resources as configuration, EndpointSlices
 * with the pods and nodes behind them as endpoints, and pods as workloads. Only reads, unless
 * {@link #writeStatus} is asked for.
 *
 * <p>Kinds whose definitions are not installed are asked for again every half minute. What an
 * account may not list is named in the findings; Services, EndpointSlices and Pods it must. When
 * the API server is away, what was known stays, and watching goes on when it is back.
 *
 * <p>Any thread may call. Listeners are called from the source's one thread.
 */
public final class KubernetesSource implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(KubernetesSource.class.getName());
  private static final long DISCOVERY_SECONDS = 30;

  /** Where Istio has its MeshConfig. */
  private static final String ROOT_NAMESPACE = "istio-system";

  private static final String MESH_CONFIG_NAME = "istio";
  private static final String MESH_CONFIG = "MeshConfig";

  /** An Ingress has a status, too, of which only the address is to be told, by who knows it. */
  static final Set<String> STATUS_GROUPS =
      Set.of(
          Resource.Kind.VIRTUAL_SERVICE.group(),
          Resource.Kind.PEER_AUTHENTICATION.group(),
          Resource.Kind.HTTP_ROUTE.group(),
          Resource.Kind.RESILIENCE_POLICY.group());

  private final KubernetesClient client;
  private final ScheduledThreadPoolExecutor executor;
  private final ConfigObjects objects;
  private final NamespaceDefaults namespaces = new NamespaceDefaults();
  private final NodeTopology topology = new NodeTopology();
  private final ServiceEndpoints endpoints = new ServiceEndpoints(topology);
  private final PodWorkloads pods = new PodWorkloads(topology);
  private final Map<String, ObjectWatch<?>> watches = new TreeMap<>();
  private final Map<String, Finding> problems = new TreeMap<>();
  private final Map<String, ResourceDefinitionContext> withStatus = new HashMap<>();
  private final Set<ServiceName> changedServices = new HashSet<>();
  private final Set<WorkloadName> changedPods = new HashSet<>();
  private final ConfigChannel configuration = new ConfigChannel(this::close);
  private final EndpointChannel endpointChannel;
  private volatile @Nullable StatusWriter statusWriter;

  // Confined to the executor, as are the collections above that are not concurrent.
  private boolean configChanged;
  private long generation;
  private boolean tellingSoon;

  private KubernetesSource(KubernetesClient client) {
    this.client = client;
    this.objects = new ConfigObjects(client.getKubernetesSerialization(), namespaces);
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "mesh-kubernetes");
              thread.setDaemon(true);
              return thread;
            });
    this.endpointChannel = new EndpointChannel(endpoints, pods, executor, this::close);
  }

  /**
   * Lists everything and goes on watching.
   *
   * @param client closed together with this source
   * @param timeout how long listing may take
   * @throws IOException when the API server cannot be reached, refuses what is indispensable, or is
   *     too slow
   */
  public static KubernetesSource open(KubernetesClient client, Duration timeout)
      throws IOException {
    KubernetesSource source = new KubernetesSource(client);
    try {
      source.begin().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return source;
    } catch (ExecutionException e) {
      source.close();
      throw new IOException(source.unavailable(ApiFailure.words(e)), e);
    } catch (TimeoutException e) {
      String missing = source.unlisted();
      source.close();
      throw new IOException(
          source.unavailable("no answer within " + timeout.toSeconds() + " s to list " + missing),
          e);
    } catch (InterruptedException e) {
      source.close();
      Thread.currentThread().interrupt();
      throw new IOException(source.unavailable("interrupted"), e);
    }
  }

  /** The configuration; closing it closes this source. */
  public ConfigStore configuration() {
    return configuration;
  }

  /** The endpoints of Services, and the pods; closing it closes this source. */
  public EndpointSource endpoints() {
    return endpointChannel;
  }

  /**
   * From now on writes into the status of each object that has one whether it is in force, and
   * whether what it names is there. Needs the right to update the status of those kinds; what may
   * not be written is told in the log.
   *
   * @param findings of the configuration in force, called from a thread that may be blocked; absent
   *     while a newer configuration is on its way
   * @throws IllegalStateException when called again
   */
  public void writeStatus(Supplier<Optional<List<Finding>>> findings) {
    if (statusWriter != null) {
      throw new IllegalStateException("writeStatus: called again (expected: once)");
    }
    StatusWriter writer =
        new StatusWriter(client, this::observed, findings, InstantSource.system());
    statusWriter = writer;
    ConfigStore.Subscription unused = configuration.subscribe(snapshot -> writer.soon());
    writer.start();
  }

  private Map<ObjectKey, StatusWriter.Observed> observed() {
    return CompletableFuture.supplyAsync(() -> objects.observed(withStatus), executor).join();
  }

  @Override
  public void close() {
    StatusWriter writer = statusWriter;
    if (writer != null) {
      writer.close();
    }
    executor.shutdownNow();
    synchronized (watches) {
      watches.values().forEach(ObjectWatch::close);
    }
    client.close();
  }

  private CompletableFuture<Void> begin() {
    return CompletableFuture.supplyAsync(this::watchAll, executor)
        .thenCompose(lists -> CompletableFuture.allOf(lists.toArray(CompletableFuture[]::new)))
        // The events of the lists came before.
        .thenRunAsync(this::tell, executor)
        .thenRun(this::scheduleDiscovery);
  }

  private List<CompletableFuture<Void>> watchAll() {
    List<CompletableFuture<Void>> lists = new ArrayList<>();
    lists.add(
        watch(
            "EndpointSlice",
            new ObjectWatch<>(
                client,
                EndpointSlice.class,
                client.discovery().v1().endpointSlices().inAnyNamespace(),
                change(slice -> moved(endpoints.put(slice))),
                change(slice -> moved(endpoints.remove(slice))))));
    lists.add(
        watch(
            "Pod",
            new ObjectWatch<>(
                client,
                Pod.class,
                client.pods().inAnyNamespace(),
                change(pod -> moved(endpoints.put(pod), pods.put(pod))),
                change(pod -> moved(endpoints.remove(pod), pods.remove(pod))))));
    lists.addAll(watchServed());
    return lists;
  }

  /** Watches the kinds that are served and not watched yet. */
  private List<CompletableFuture<Void>> watchServed() {
    List<CompletableFuture<Void>> lists = new ArrayList<>();
    if (!watches.containsKey("Node")) {
      lists.add(
          optional(
              "Node",
              new ObjectWatch<>(
                  client,
                  Node.class,
                  client.nodes(),
                  change(node -> movedNode(node, topology.put(node))),
                  change(node -> movedNode(node, topology.remove(node))))));
    }
    if (!watches.containsKey("Namespace")) {
      lists.add(
          optional(
              "Namespace",
              new ObjectWatch<>(
                  client,
                  Namespace.class,
                  client.namespaces(),
                  change(namespace -> configured(namespaces.put(namespace))),
                  change(namespace -> configured(namespaces.remove(namespace))))));
    }
    if (!watches.containsKey(MESH_CONFIG)) {
      ResourceDefinitionContext configMaps = WatchedKind.core("ConfigMap", "configmaps");
      lists.add(
          optional(
              MESH_CONFIG,
              objects(
                  client
                      .genericKubernetesResources(configMaps)
                      .inNamespace(ROOT_NAMESPACE)
                      .withName(MESH_CONFIG_NAME))));
    }
    WatchedKind.served(client)
        .forEach(
            (kind, context) -> {
              if (!watches.containsKey(kind.yamlName())) {
                if (STATUS_GROUPS.contains(kind.group())) {
                  withStatus.put(kind.yamlName(), context);
                }
                ObjectWatch<GenericKubernetesResource> watch =
                    objects(client.genericKubernetesResources(context).inAnyNamespace());
                lists.add(
                    kind == Resource.Kind.KUBERNETES_SERVICE
                        ? watch(kind.yamlName(), watch)
                        : optional(kind.yamlName(), watch));
              }
            });
    return lists;
  }

  private ObjectWatch<GenericKubernetesResource> objects(
      Informable<GenericKubernetesResource> kind) {
    return new ObjectWatch<>(
        client,
        GenericKubernetesResource.class,
        kind,
        change(object -> configured(objects.put(object))),
        change(object -> configured(objects.remove(ObjectKey.of(object)))));
  }

  private CompletableFuture<Void> watch(String kind, ObjectWatch<?> watch) {
    synchronized (watches) {
      watches.put(kind, watch);
    }
    return watch
        .start()
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedFuture(
                    new IOException("list " + kind + ": " + ApiFailure.words(e))));
  }

  /** One without which the rest is of use: what is wrong with it is a finding. */
  private CompletableFuture<Void> optional(String kind, ObjectWatch<?> watch) {
    return watch(kind, watch)
        .handleAsync(
            (done, failure) -> {
              if (failure != null) {
                problem(kind, ApiFailure.words(failure));
              } else if (problems.remove(kind) != null) {
                configured(true);
              }
              return null;
            },
            executor);
  }

  /** The kind is tried again with the next discovery: rights may be granted meanwhile. */
  private void problem(String kind, String message) {
    synchronized (watches) {
      ObjectWatch<?> failed = watches.remove(kind);
      if (failed != null) {
        failed.close();
      }
    }
    Finding finding =
        new Finding(
            SourcePosition.wholeFile("kubernetes"),
            Severity.WARNING,
            kind,
            message + "; what is of this kind is not in force");
    if (!finding.equals(problems.put(kind, finding))) {
      LOGGER.log(Level.WARNING, "mesh: kubernetes: {0}", finding.message());
      configured(true);
    }
  }

  private void scheduleDiscovery() {
    ScheduledFuture<?> unused =
        executor.scheduleWithFixedDelay(
            this::discoverNow, DISCOVERY_SECONDS, DISCOVERY_SECONDS, TimeUnit.SECONDS);
  }

  /** Looks for kinds that are served by now, at once. */
  void discover() {
    executor.execute(this::discoverNow);
  }

  private void discoverNow() {
    try {
      List<CompletableFuture<Void>> unused = watchServed();
    } catch (KubernetesClientException e) {
      // Asked again soon; what is watched goes on by itself.
      LOGGER.log(Level.DEBUG, "mesh: kubernetes: which kinds are served is not known", e);
    }
  }

  private <T extends HasMetadata> Consumer<T> change(Consumer<T> body) {
    return object -> {
      try {
        executor.execute(
            () -> {
              try {
                body.accept(object);
              } catch (RuntimeException unforeseen) {
                LOGGER.log(
                    Level.ERROR, "mesh: " + ObjectKey.of(object) + " was not used", unforeseen);
              }
            });
      } catch (RejectedExecutionException closed) {
        // Nobody listens any more.
      }
    };
  }

  private void moved(Set<ServiceName> services) {
    changedServices.addAll(services);
    tellSoon();
  }

  private void moved(Set<ServiceName> services, Set<WorkloadName> workloads) {
    changedPods.addAll(workloads);
    moved(services);
  }

  private void movedNode(Node node, boolean elsewhere) {
    if (elsewhere) {
      moved(endpoints.on(node), pods.on(node));
    }
  }

  private void configured(boolean different) {
    configChanged |= different;
    tellSoon();
  }

  /** Behind what has come already, so that a list is told as one change. */
  private void tellSoon() {
    if (!tellingSoon && (configChanged || !changedServices.isEmpty() || !changedPods.isEmpty())) {
      tellingSoon = true;
      executor.execute(this::tell);
    }
  }

  private void tell() {
    tellingSoon = false;
    if (configChanged) {
      configChanged = false;
      generation++;
      configuration.tell(objects.snapshot(generation, List.copyOf(problems.values())));
    }
    changedServices.forEach(endpointChannel::tell);
    changedServices.clear();
    changedPods.forEach(endpointChannel::tell);
    changedPods.clear();
  }

  private String unavailable(String why) {
    return "kubernetes: " + client.getMasterUrl() + ": " + why;
  }

  private String unlisted() {
    synchronized (watches) {
      return String.join(
          ", ",
          watches.entrySet().stream()
              .filter(watch -> !watch.getValue().isListed())
              .map(Map.Entry::getKey)
              .toList());
    }
  }
}
