package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.librarymesh.controlplane.istio.Finding;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Writes into the status of objects what became of them, from a thread of its own. Any number of
 * replicas may do so: each says the same, and who comes second finds it said.
 *
 * <p>An object is looked at when there is something else to say of it, and all are every ten
 * minutes, in case somebody removed what was said. What may not be written is told once in the log.
 */
final class StatusWriter implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(StatusWriter.class.getName());

  /** After a change, so that one that brings many objects is written in one go. */
  private static final Duration QUIET = Duration.ofMillis(200);

  /** Findings may change with what others declare. */
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final int ROUNDS_UNTIL_ALL = 60;

  private final KubernetesClient client;
  private final Supplier<Map<ObjectKey, Observed>> objects;
  private final Supplier<Optional<List<Finding>>> findings;
  private final InstantSource clock;
  private final ScheduledThreadPoolExecutor executor;
  private final AtomicBoolean waiting = new AtomicBoolean();

  // Confined to the executor.
  private final Map<ObjectKey, ObjectVerdict> said = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private int rounds;

  /**
   * An object that is watched.
   *
   * @param context its kind
   * @param generation which of its versions was read
   * @param findings what reading it had to say
   */
  record Observed(ResourceDefinitionContext context, long generation, List<Finding> findings) {}

  /**
   * @param objects those that may be written to, as they are now
   * @param findings of the configuration in force; absent while a newer one is on its way
   */
  StatusWriter(
      KubernetesClient client,
      Supplier<Map<ObjectKey, Observed>> objects,
      Supplier<Optional<List<Finding>>> findings,
      InstantSource clock) {
    this.client = client;
    this.objects = objects;
    this.findings = findings;
    this.clock = clock;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "mesh-kubernetes-status");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    ScheduledFuture<?> unused =
        executor.scheduleWithFixedDelay(this::round, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Something is different. Any thread. */
  void soon() {
    if (waiting.compareAndSet(false, true)) {
      try {
        ScheduledFuture<?> unused =
            executor.schedule(this::writeAll, QUIET.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        // Nothing is written any more.
      }
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private void round() {
    if (++rounds % ROUNDS_UNTIL_ALL == 0) {
      said.clear();
      refused.clear();
    }
    writeAll();
  }

  private void writeAll() {
    waiting.set(false);
    try {
      Map<ObjectKey, Observed> present = objects.get();
      Optional<List<Finding>> now = findings.get();
      if (now.isEmpty()) {
        soon();
        return;
      }
      Map<String, List<Finding>> byObject =
          now.get().stream().collect(Collectors.groupingBy(Finding::file));
      said.keySet().retainAll(present.keySet());
      present.forEach(
          (key, object) -> write(key, object, byObject.getOrDefault(key.toString(), List.of())));
    } catch (RuntimeException e) {
      // Nobody is there to be told but the log; the next round tries again.
      if (!executor.isShutdown()) {
        String why = ApiFailure.words(e);
        LOGGER.log(Level.WARNING, "mesh: kubernetes: not every status was written: {0}", why);
      }
    }
  }

  private void write(ObjectKey key, Observed object, List<Finding> all) {
    List<Finding> references = all.stream().filter(f -> !object.findings.contains(f)).toList();
    ObjectVerdict verdict = new ObjectVerdict(object.generation, object.findings, references);
    if (verdict.equals(said.get(key)) || refused.contains(key.kind())) {
      return;
    }
    try {
      if (write(key, object.context, verdict)) {
        said.put(key, verdict);
      }
    } catch (KubernetesClientException e) {
      switch (e.getCode()) {
        case HttpURLConnection.HTTP_CONFLICT -> soon();
        case HttpURLConnection.HTTP_UNAUTHORIZED,
            HttpURLConnection.HTTP_FORBIDDEN,
            HttpURLConnection.HTTP_BAD_METHOD,
            HttpURLConnection.HTTP_NOT_FOUND ->
            refuse(key, object.context, e);
        default -> throw e;
      }
    }
  }

  /** Whether the object says so now; not when it has changed meanwhile or is gone. */
  private boolean write(ObjectKey key, ResourceDefinitionContext context, ObjectVerdict verdict) {
    var kind = client.genericKubernetesResources(context).inNamespace(key.namespace());
    GenericKubernetesResource object = kind.withName(key.name()).get();
    if (object == null || ConfigObjects.generation(object) != verdict.generation()) {
      return false;
    }
    ObjectStatus.changed(object, verdict, clock.instant())
        .ifPresent(
            status -> {
              object.setAdditionalProperty("status", status);
              var unused = kind.resource(object).lockResourceVersion().updateStatus();
            });
    return true;
  }

  /** Of no kind more than once in ten minutes. */
  private void refuse(
      ObjectKey key, ResourceDefinitionContext context, KubernetesClientException e) {
    refused.add(key.kind());
    LOGGER.log(
        Level.WARNING,
        "mesh: kubernetes: the status of {0} objects is not written: {1} (expected: get on {2} and"
            + " update on {2}/status of {3})",
        key.kind(),
        e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage(),
        context.getPlural(),
        context.getGroup());
  }
}
