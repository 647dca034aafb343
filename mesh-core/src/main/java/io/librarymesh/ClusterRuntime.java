package io.librarymesh;

import io.librarymesh.attempt.Limits;
import io.librarymesh.attempt.RetryBudget;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.outcome.OutlierDetector;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything of one cluster that outlives a configuration: its hosts, its limits, its ejections.
 * There is one for each name in a mesh, so that all clients of the process are counted together.
 */
final class ClusterRuntime {
  final String name;
  final ClusterState state;
  private final Limits limits;
  private final Limits highLimits;
  final OutlierDetector outlierDetector;
  final RetryBudget retryBudget;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final RandomSource random;
  private final UpstreamIdentities identities;

  /** Guarded by {@code this}; the interval that the sweep in flight was scheduled with. */
  private long sweepNanos;

  private Scheduler.@Nullable Cancellable sweep;

  /** Guarded by {@code this}; the next step of hosts that start slowly. */
  private Scheduler.@Nullable Cancellable step;

  private boolean retired;

  ClusterRuntime(
      ClusterConfig config,
      Ticker ticker,
      Scheduler scheduler,
      RandomSource random,
      UpstreamIdentities identities) {
    this.name = config.cluster().name();
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.random = random;
    this.identities = identities;
    this.state = ClusterState.create(config, random, ticker);
    this.limits = Limits.of(state, RoutingPriority.DEFAULT);
    this.highLimits = Limits.of(state, RoutingPriority.HIGH);
    this.outlierDetector = OutlierDetector.of(state);
    this.retryBudget = RetryBudget.startingAt(ticker.nanos());
    scheduleSweep();
    stepSlowStart();
  }

  /** What requests of one priority are counted against. */
  Limits limits(RoutingPriority priority) {
    return priority == RoutingPriority.HIGH ? highLimits : limits;
  }

  /** Puts a new configuration in force; hosts that stay keep what they have. */
  void update(ClusterConfig config) {
    state.update(config);
    admitWaiting(limits);
    admitWaiting(highLimits);
    scheduleSweep();
    stepSlowStart();
  }

  /**
   * Not at once: whoever waits may run on in the thread that lets it go, and here locks are held.
   */
  private void admitWaiting(Limits waitedFor) {
    if (waitedFor.waiting() > 0) {
      scheduler.schedule(waitedFor::onUpdate, 0);
    }
  }

  /** Ends the timers; calls in flight go on. */
  synchronized void retire() {
    retired = true;
    cancelSweep();
    if (step != null) {
      step.cancel();
      step = null;
    }
  }

  private void cancelSweep() {
    sweepNanos = 0;
    if (sweep != null) {
      sweep.cancel();
      sweep = null;
    }
  }

  /** Whether hosts are chosen by the hash of a request. */
  boolean hashes() {
    LbPolicy policy = state.cluster().loadBalancing().policy();
    return policy instanceof LbPolicy.RingHash || policy instanceof LbPolicy.Maglev;
  }

  /**
   * The cluster is gone: calls under way that try again find no host, as Envoy answers them when it
   * looks the cluster up for a retry.
   */
  void delete() {
    update(ClusterConfig.of(state.cluster(), List.of()));
    retire();
  }

  /** The step that sends to {@code host}, made once for each host and configuration. */
  // By identity: this is asked on every call, and another object costs no more than a new step.
  @SuppressWarnings("ReferenceEquality")
  Step.Send sendTo(HostState host) {
    Cluster cluster = state.cluster();
    if (host.attachment() instanceof Step.Send send
        && send.endpoint() == host.endpoint()
        && send.isOf(cluster)
        && (cluster.sockets() == TransportSockets.PLAIN
            ? send.tls() == null
            : UpstreamIdentities.fits(
                send.tls(), asked(cluster, host.endpoint()), host.endpoint().hostname()))) {
      return send;
    }
    Endpoint endpoint = host.endpoint();
    Step.Send send = Step.Send.of(endpoint, cluster, tls(cluster, endpoint));
    host.attach(send);
    return send;
  }

  private static Optional<UpstreamTls> asked(Cluster cluster, Endpoint endpoint) {
    return cluster.sockets().to(endpoint.socketMatch());
  }

  private @Nullable EndpointTls tls(Cluster cluster, Endpoint endpoint) {
    return asked(cluster, endpoint)
        .map(tls -> identities.to(tls.towards(endpoint.hostname())))
        .orElse(null);
  }

  /** The step that sends to where the caller's URL points. */
  Step.Send sendToOriginal() {
    Cluster cluster = state.cluster();
    EndpointTls tls = cluster.sockets().to(Metadata.EMPTY).map(identities::to).orElse(null);
    return Step.Send.of(null, cluster, tls);
  }

  private synchronized void scheduleSweep() {
    long interval = outlierDetector.sweepIntervalNanos();
    if (interval == sweepNanos) {
      return;
    }
    cancelSweep();
    sweepNanos = interval;
    if (interval > 0) {
      sweep = scheduler.schedule(this::sweep, interval);
    }
  }

  private synchronized void sweep() {
    if (sweepNanos == 0) {
      return;
    }
    outlierDetector.sweep(ticker.nanos(), random);
    sweep = scheduler.schedule(this::sweep, sweepNanos);
  }

  private synchronized void stepSlowStart() {
    if (step != null) {
      step.cancel();
      step = null;
    }
    if (retired) {
      return;
    }
    long due = state.stepSlowStart();
    if (due > 0) {
      step = scheduler.schedule(this::stepSlowStart, due);
    }
  }
}
