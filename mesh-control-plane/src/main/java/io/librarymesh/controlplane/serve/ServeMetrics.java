package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.metrics.Amount;
import io.librarymesh.controlplane.metrics.Distribution;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.metrics.Series;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the server counts: under istiod's names, with its labels, where istiod has the number, and
 * under {@code librarymesh_} where it has not. Any thread may read; the state executor writes.
 *
 * <p>Source: istiod's {@code pilot/pkg/xds/monitoring.go} and its siblings.
 */
public final class ServeMetrics {

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final List<Double> SECONDS = List.of(.1, .5, 1.0, 3.0, 5.0, 10.0, 20.0, 30.0);
  private static final List<Double> DEBOUNCE = List.of(.01, .1, 1.0, 3.0, 5.0, 10.0, 20.0, 30.0);
  private static final List<Double> INIT = List.of(.01, .1, .5, 1.0, 3.0, 5.0);
  private static final List<Double> BYTES = List.of(1.0, 1e4, 1e6, 4e6, 1e7, 4e7);

  private final Series<Amount> clients;
  private final Series<Amount> pushes;
  private final Series<Amount> rejects;
  private final Series<Amount> accepted;
  private final Series<Amount> expiredNonces;
  private final Map<ResourceType, Series<Amount>> rejecting = new EnumMap<>(ResourceType.class);
  private final Series<Amount> triggers;
  private final Series<Amount> updates;
  private final Distribution debounce;
  private final Distribution contextInit;
  private final Distribution convergence;
  private final Series<Distribution> sizes;
  private final Amount services;
  private final Amount virtualServices;
  private final Amount generation;
  private final Series<Amount> configured;
  private final Series<Amount> findings;
  private final Amount resources;
  private final Amount workloads;
  private final Amount lostWorkloads;
  private final Amount syncing;
  private final Amount waiting;
  private final Amount turnedAway;

  /** Names them all; each is there from the start, with zeros. */
  public ServeMetrics(Metrics metrics) {
    clients =
        metrics.gauge("pilot_xds", "Clients that are connected, by their software.", "version");
    pushes = metrics.counter("pilot_xds_pushes", "Responses that were sent.", "type");
    rejects = metrics.counter("pilot_total_xds_rejects", "Responses that were refused.", "type");
    accepted = metrics.counter("librarymesh_xds_acks", "Responses that were accepted.", "type");
    expiredNonces =
        metrics.counter(
            "pilot_xds_expired_nonce", "Requests that a later response has overtaken.", "type");
    for (ResourceType type : ResourceType.values()) {
      String name = "pilot_xds_" + word(type) + "_reject";
      rejecting.put(
          type, metrics.gauge(name, "Clients whose last answer was a refusal.", "node", "err"));
      List.of(pushes, rejects, accepted, expiredNonces).forEach(series -> series.with(word(type)));
    }
    triggers = metrics.counter("pilot_push_triggers", "Pushes, by what changed.", "type");
    updates = metrics.counter("pilot_inbound_updates", "Changes that came in.", "type");
    for (Change change : Change.values()) {
      triggers.with(change.trigger);
      updates.with(change.update);
    }
    debounce =
        metrics
            .distribution("pilot_debounce_time", "Seconds from a change to its push.", DEBOUNCE)
            .with();
    contextInit =
        metrics
            .distribution(
                "pilot_pushcontext_init_seconds",
                "Seconds to put a change in force, before it is sent.",
                INIT)
            .with();
    convergence =
        metrics
            .distribution(
                "pilot_proxy_convergence_time",
                "Seconds from a change to when a client was written all of it.",
                SECONDS)
            .with();
    sizes =
        metrics.distribution(
            "pilot_xds_config_size_bytes", "Bytes of the responses that were sent.", BYTES, "type");
    services = metrics.gauge("pilot_services", "Services that are known.").with();
    virtualServices = metrics.gauge("pilot_virt_services", "VirtualServices in force.").with();
    generation =
        metrics.gauge("librarymesh_config_generation", "Generation of what is in force.").with();
    configured = metrics.gauge("librarymesh_config_resources", "Resources in force.", "kind");
    findings = metrics.gauge("librarymesh_config_findings", "Findings about files.", "severity");
    resources =
        metrics.gauge("librarymesh_xds_resources", "Different resources that clients use.").with();
    workloads = metrics.gauge("librarymesh_workloads", "Workloads that registered.").with();
    lostWorkloads =
        metrics
            .gauge(
                "librarymesh_workloads_lost",
                "Workloads whose stream was lost and whose endpoints stay for now.")
            .with();
    syncing =
        metrics.gauge("librarymesh_xds_syncing", "Clients in their first configuration.").with();
    waiting = metrics.gauge("librarymesh_xds_waiting", "Clients that wait for it.").with();
    turnedAway =
        metrics
            .counter("librarymesh_xds_turned_away", "Clients refused, as too many waited.")
            .with();
  }

  /** What changed, in istiod's words. */
  enum Change {
    CONFIG("config", "config"),
    ENDPOINT("endpoint", "eds");

    private final String trigger;
    private final String update;

    Change(String trigger, String update) {
      this.trigger = trigger;
      this.update = update;
    }
  }

  /** istiod's word for a type in labels and names: {@code cds}, {@code eds}, {@code lds}, ... */
  static String word(ResourceType type) {
    return switch (type) {
      case CLUSTER -> "cds";
      case ENDPOINT -> "eds";
      case LISTENER -> "lds";
      case ROUTE -> "rds";
    };
  }

  void connected(ClientNode node) {
    clients.with(node.userAgent()).increment();
    workloads.add(node.workload().isPresent() ? 1 : 0);
  }

  /** How many workloads are waited for. */
  void lost(int count) {
    lostWorkloads.set(count);
  }

  void left(ClientNode node) {
    Amount ofAgent = clients.with(node.userAgent());
    ofAgent.add(-1);
    if (ofAgent.value() <= 0) {
      clients.remove(node.userAgent());
    }
    workloads.add(node.workload().isPresent() ? -1 : 0);
  }

  void sent(ResourceType type, int bytes) {
    pushes.with(word(type)).increment();
    sizes.with(type.typeUrl()).observe(bytes);
  }

  void accepted(ResourceType type) {
    accepted.with(word(type)).increment();
  }

  void refused(ResourceType type) {
    rejects.with(word(type)).increment();
  }

  void overtaken(ResourceType type) {
    expiredNonces.with(word(type)).increment();
  }

  /** Whether a client's last answer was a refusal, with the code of gRPC that it gave. */
  void refusing(ResourceType type, String node, String code, boolean refuses) {
    Series<Amount> series = rejecting.get(type);
    if (series == null) {
      return;
    }
    if (refuses) {
      series.with(node, code).set(1);
    } else {
      series.remove(node, code);
    }
  }

  void changed(Change change) {
    updates.with(change.update).increment();
  }

  void pushed(Change change, long waitedNanos, long tookNanos, int serviceCount) {
    triggers.with(change.trigger).increment();
    debounce.observe(waitedNanos / NANOS_PER_SECOND);
    contextInit.observe(tookNanos / NANOS_PER_SECOND);
    services.set(serviceCount);
  }

  void inForce(ConfigSnapshot config) {
    generation.set(config.generation());
    Map<Resource.Kind, Integer> counts = new EnumMap<>(Resource.Kind.class);
    config.resources().forEach(resource -> counts.merge(resource.kind(), 1, Integer::sum));
    for (Resource.Kind kind : Resource.Kind.values()) {
      configured.with(kind.yamlName()).set(counts.getOrDefault(kind, 0));
    }
    virtualServices.set(counts.getOrDefault(Resource.Kind.VIRTUAL_SERVICE, 0));
    for (Severity severity : Severity.values()) {
      findings
          .with(severity.word())
          .set(config.findings().stream().map(Finding::severity).filter(severity::equals).count());
    }
  }

  void converged(long nanos) {
    convergence.observe(nanos / NANOS_PER_SECOND);
  }

  void resources(int count) {
    resources.set(count);
  }

  void admission(Admission admission) {
    syncing.set(admission.syncing());
    waiting.set(admission.waiting());
    turnedAway.set(admission.refused());
  }
}
