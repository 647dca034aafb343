package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.WorkloadGroup;
import io.librarymesh.controlplane.keys.KeySets;
import io.librarymesh.controlplane.keys.KeySource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import io.librarymesh.controlplane.registry.PlatformWorkload;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.registry.Workload;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.ExportDefaults;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.TokenKeyFindings;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the server knows: the configuration in force, the registry, the clients, the
 * resources they use. Changes are collected here and pushed by {@link #push}.
 *
 * <p>Confined to the state executor.
 */
final class DiscoveryState {

  private static final System.Logger LOG = System.getLogger(DiscoveryState.class.getName());

  /** The host that covers all others. */
  private static final String EVERY_HOST = "*";

  private final MeshConfig options;
  private final ServiceRegistry registry;
  private final Registrations registrations;
  private final ResourceTable resources;
  private final WildcardTable wildcards;
  private final Runnable changed;
  private final Admission admission;
  private final SendBudget budget;
  private final ServeMetrics metrics;
  private final LongSupplier nanoTime;
  private final Map<String, ClientStream> streams = new LinkedHashMap<>();
  private final Set<ClientStream> withWork = new LinkedHashSet<>();
  private final Set<String> changedHosts = new HashSet<>();
  private ConfigSnapshot config = ConfigSnapshot.EMPTY;
  private MeshConfig meshConfig;
  private List<Resource> configured = List.of();
  private boolean configChanged;
  private @Nullable Long changedSince;
  private PushContext context;
  private @Nullable PushContext checked;
  private List<Finding> references = List.of();
  private KeySets keys = KeySets.LEFT_TO_SERVERS;
  private Consumer<Map<KeySource, Duration>> wantedKeys = wanted -> {};
  private long generation;
  private long pushes;
  private long refusals;
  private boolean massLossSaid;

  /**
   * An empty state.
   *
   * @param admission who may be sent a first configuration
   * @param budget for what is sent to all clients together
   * @param nanoTime a monotonic clock
   * @param changed run after each change that has to be pushed
   */
  DiscoveryState(
      MeshConfig meshConfig,
      Admission admission,
      SendBudget budget,
      ServeMetrics metrics,
      LongSupplier nanoTime,
      Runnable changed) {
    this.options = meshConfig;
    this.meshConfig = meshConfig;
    this.admission = admission;
    this.budget = budget;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.changed = changed;
    this.registry = new ServiceRegistry(meshConfig.domain());
    this.registrations = new Registrations(registry);
    this.context = PushContext.of(meshConfig, List.of(), registry.snapshot());
    this.resources = new ResourceTable(context);
    this.wildcards = new WildcardTable(context);
  }

  /** Takes a new configuration into account; it is in force after the next push. */
  void configure(ConfigSnapshot snapshot) {
    MeshConfig before = meshConfig;
    meshConfig = options.with(snapshot.resources());
    List<Resource> complete = ExportDefaults.complete(snapshot.resources(), meshConfig);
    Set<String> hosts = new HashSet<>(registry.configure(complete));
    hosts.addAll(PushContext.changedHosts(configured, snapshot.resources(), meshConfig));
    if (!meshConfig.equals(before)) {
      hosts.add(EVERY_HOST);
    }
    config = snapshot;
    configured = snapshot.resources();
    configChanged = true;
    changedHosts.addAll(hosts);
    noteChange(ServeMetrics.Change.CONFIG);
  }

  private void noteChange(ServeMetrics.Change change) {
    metrics.changed(change);
    if (changedSince == null) {
      changedSince = nanoTime.getAsLong();
    }
    changed.run();
  }

  /** Takes into account what the platform knows of a service. */
  void endpoints(ServiceName service, List<PlatformEndpoint> endpoints) {
    registered(registry.endpoints(service, endpoints));
  }

  /** Takes into account what the platform knows of a workload. */
  void workload(WorkloadName name, Optional<PlatformWorkload> workload) {
    registered(registry.workload(name, workload));
  }

  /** Keys of tokens are fetched from now on; told whenever rules ask for others. */
  void fetchKeys(Consumer<Map<KeySource, Duration>> wanted) {
    keys = KeySets.NONE;
    wantedKeys = wanted;
  }

  /** Takes keys of tokens into account, for those who are served them. */
  void keys(KeySets now, Set<KeySource> changedSources) {
    keys = now;
    if (!changedSources.isEmpty()) {
      changedSources.forEach(source -> changedHosts.add(source.key()));
      noteChange(ServeMetrics.Change.CONFIG);
    }
  }

  /** Keys of tokens as they are known now; those in force are of the last push. */
  KeySets keys() {
    return keys;
  }

  /** See {@link ResourceTable#gathering}. */
  void gathering(boolean on) {
    resources.gathering(on);
    flushWork();
  }

  /** Puts everything that changed since the last push in force and tells who is concerned. */
  void push() {
    long start = nanoTime.getAsLong();
    long since = changedSince == null ? start : changedSince;
    changedSince = null;
    ServeMetrics.Change change =
        configChanged ? ServeMetrics.Change.CONFIG : ServeMetrics.Change.ENDPOINT;
    Set<String> hosts = Set.copyOf(changedHosts);
    changedHosts.clear();
    context =
        configChanged
            ? PushContext.of(meshConfig, configured, registry.snapshot())
            : context.withRegistry(registry.snapshot());
    context = context.withKeys(keys);
    pushes++;
    int different = resources.update(context, hosts);
    wildcards.update(context, hosts);
    if (configChanged) {
      configChanged = false;
      generation = config.generation();
      metrics.inForce(config);
      wantedKeys.accept(TokenKeyFindings.wanted(context));
      streams.values().forEach(this::rebase);
    }
    LOG.log(
        Level.DEBUG,
        "library-mesh: push {0}: {1} hosts changed, {2} of {3} resources differ, {4} clients",
        pushes,
        hosts.size(),
        different,
        resources.size(),
        withWork.size());
    metrics.pushed(change, start - since, nanoTime.getAsLong() - start, context.registry().size());
    withWork.forEach(stream -> stream.fallsBehind(since));
    flushWork();
  }

  private void flushWork() {
    List<ClientStream> due = new ArrayList<>(withWork);
    withWork.clear();
    due.forEach(ClientStream::flush);
  }

  private void rebase(ClientStream stream) {
    stream.node().ifPresent(node -> stream.rebase(context.canonical(view(node))));
  }

  void opened(ClientStream stream) {
    streams.put(stream.id(), stream);
  }

  /** A client has said who it is; what it registers joins the registry. Returns its view. */
  ClientView identified(ClientStream stream, ClientNode node) {
    metrics.connected(node);
    node.workload()
        .ifPresentOrElse(
            workload -> moved(registrations.join(stream.id(), node.id(), workload)),
            () -> withdrawn(stream, node));
    String problem = registrationProblem(stream, node);
    if (!problem.isEmpty()) {
      LOG.log(Level.WARNING, "library-mesh: client {0} is not registered: {1}", node.id(), problem);
    }
    return context.canonical(view(node));
  }

  /** What decides a client's resources, with what its group says of it. */
  private ClientView view(ClientNode node) {
    ClientView own = node.view();
    return group(node)
        .map(
            group ->
                own.with(
                    Workload.labels(group, own.labels()),
                    own.locality().isEmpty() ? group.template().locality() : own.locality()))
        .orElse(own);
  }

  private Optional<WorkloadGroup> group(ClientNode node) {
    return node.group().flatMap(name -> registry.group(node.view().namespace(), name));
  }

  /** Streams of one type never register; what the aggregated one of the same node did stays. */
  private void withdrawn(ClientStream stream, ClientNode node) {
    if (stream.scope().type().isEmpty() && node.registrationProblem().isEmpty()) {
      moved(registrations.withdraw(node.id()));
    }
  }

  /** Why what a client registers is not used; empty when it is, or there is nothing. */
  String registrationProblem(ClientStream stream, ClientNode node) {
    if (!node.registrationProblem().isEmpty()) {
      return node.registrationProblem();
    }
    if (node.group().isPresent() && node.workload().isPresent() && group(node).isEmpty()) {
      return ClientNode.GROUP
          + ": "
          + node.group().get()
          + " (expected: a WorkloadGroup of the namespace "
          + node.view().namespace()
          + ")";
    }
    return registrations.problem(stream.id(), node.id());
  }

  /** Somebody has come, gone or been lost. */
  private void moved(Set<String> hosts) {
    registered(hosts);
    metrics.lost(registrations.lost());
    massLossSaid &= registrations.isMassLoss();
  }

  private void registered(Set<String> hosts) {
    if (!hosts.isEmpty()) {
      changedHosts.addAll(hosts);
      noteChange(ServeMetrics.Change.ENDPOINT);
    }
  }

  void hasWork(ClientStream stream) {
    withWork.add(stream);
  }

  void refused(ClientStream stream, ResourceType type, String message) {
    refusals++;
    metrics.refused(type);
    LOG.log(
        Level.WARNING,
        "library-mesh: client {0} refused a response: {1}",
        stream.node().map(ClientNode::id).orElse(stream.id()),
        message);
  }

  /**
   * A stream has ended. What it registered leaves with it when the client said goodbye, and stays
   * until {@link #giveUp} otherwise.
   */
  void ended(ClientStream stream, boolean goodbye) {
    streams.remove(stream.id());
    withWork.remove(stream);
    stream.node().ifPresent(metrics::left);
    metrics.resources(resources.size());
    stream.node().ifPresent(node -> moved(registrations.left(stream.id(), node.id(), goodbye)));
  }

  /** Whether the workload of a stream that was lost is still waited for. */
  boolean isAwaited(ClientStream stream) {
    return stream.node().map(node -> registrations.holds(stream.id(), node.id())).orElse(false);
  }

  /**
   * A lost client has not come back in time; its workload leaves, unless most others are lost, too.
   *
   * @return whether it is to be waited for once more
   */
  boolean giveUp(ClientStream stream) {
    if (!isAwaited(stream)) {
      return false;
    }
    if (registrations.isMassLoss()) {
      warnOfMassLoss();
      return true;
    }
    stream.node().ifPresent(node -> moved(registrations.expire(stream.id(), node.id())));
    return false;
  }

  /** Said once for each time that most are lost, though every one of them is asked about. */
  private void warnOfMassLoss() {
    if (!massLossSaid) {
      massLossSaid = true;
      LOG.log(
          Level.WARNING,
          "library-mesh: {0} workloads are lost, more than are connected; all keep their endpoints"
              + " until they return or others do",
          registrations.lost());
    }
  }

  Admission admission() {
    return admission;
  }

  SendBudget budget() {
    return budget;
  }

  ServeMetrics metrics() {
    return metrics;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  ResourceTable resources() {
    return resources;
  }

  WildcardTable wildcards() {
    return wildcards;
  }

  /** The stream with this id, while it lives. */
  Optional<ClientStream> stream(String id) {
    return Optional.ofNullable(streams.get(id));
  }

  List<ClientStream> streams() {
    return List.copyOf(streams.values());
  }

  PushContext context() {
    return context;
  }

  /** Everything there is to say about what is in force, and of files that are not. */
  List<Finding> findings() {
    if (checked != context) {
      references = ReferenceFindings.of(context);
      checked = context;
    }
    List<Finding> findings = new ArrayList<>(config.findings());
    findings.addAll(references);
    findings.addAll(TokenKeyFindings.of(context.withKeys(keys)));
    findings.addAll(context.registry().findings());
    return findings;
  }

  ConfigSnapshot config() {
    return config;
  }

  /** The generation of the configuration that is in force. */
  long generation() {
    return generation;
  }

  long pushes() {
    return pushes;
  }

  long refusals() {
    return refusals;
  }
}
