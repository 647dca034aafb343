package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.MeshSnapshot.Bound;
import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.BackOff;
import io.librarymesh.attempt.PendingAttempt;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RouteAction;
import io.librarymesh.fault.FaultDecision;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickResult;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call through the mesh: a state machine that an adapter drives and that does no I/O itself.
 *
 * <p>Confined to the thread or event loop that drives it; it may be handed from one to the next
 * when the hand-over orders memory. Each method says which {@link Step} it may follow; another
 * order is an {@link IllegalStateException}. A call reads its {@link MeshSnapshot} once and keeps
 * it over all attempts.
 *
 * <p>The order of the walk, and why each room stands where it stands:
 *
 * <ol>
 *   <li>route: everything else belongs to a route, so nothing can be decided before it.
 *   <li>fault: before limits and picks, since an aborted request never reached the router; before
 *       the timeout starts, since Envoy holds the request back before its router sees it.
 *   <li>cluster: drawn once for a call; a retry stays in its cluster.
 *   <li>pick: before the limits, which know the host's idle connections.
 *   <li>limits: last before sending, so that nothing is held that is not used at once.
 *   <li>outcome: the host is charged first, whatever becomes of the call, then a retry is
 *       considered.
 * </ol>
 */
public final class MeshCall {
  private enum State {
    NEW,
    AWAITING_CONFIG,
    DELAYED,
    QUEUED,
    SENT,
    BACKING_OFF,
    DELIVERED,
    ENDED
  }

  private final Mesh mesh;
  private final Target target;
  private final RequestHead head;
  private final @Nullable CallTrace trace;

  private State state = State.NEW;
  private boolean unrepeatable;
  private boolean holdsRetry;
  private int attempt;
  private int retries;
  private int status;
  private int flags;

  /** Read once when the driver enters, since a clock costs more than most rooms. */
  private long now;

  private long startNanos;
  private long routedNanos;
  private long attemptStartNanos;

  private RouteDecision.@Nullable Matched route;
  private RouteAction.@Nullable Forward forward;
  private @Nullable Bound bound;
  private @Nullable ClusterRuntime cluster;
  private @Nullable HostState host;
  private Admission admission = Admission.ADMITTED;
  private @Nullable PendingAttempt queued;
  private @Nullable FaultDecision afterDelay;
  private @Nullable HostState @Nullable [] tried;

  MeshCall(Mesh mesh, Target target, RequestHead head) {
    this.mesh = mesh;
    this.target = target;
    this.head = head;
    this.trace = CallTrace.of(mesh.observer);
  }

  /** Begins the call. First of all. */
  public Step start() {
    expect(State.NEW);
    now = mesh.ticker.nanos();
    startNanos = now;
    return route();
  }

  /** Goes on after a {@link Step.Wait}, whether time passed or the signal fired. */
  public Step proceed() {
    now = mesh.ticker.nanos();
    return switch (state) {
      case AWAITING_CONFIG -> route();
      case DELAYED -> afterFault(afterDelay);
      case QUEUED -> afterQueue(requireNonNull(queued, "queued"));
      case BACKING_OFF -> send();
      default ->
          throw new IllegalStateException(
              "proceed() in state " + state + " (expected: after Wait)");
    };
  }

  /**
   * How long from now the attempt may take until its response head, in nanoseconds: what is left of
   * the route's timeout or the timeout of one try, whichever is shorter; {@link Long#MAX_VALUE}
   * when unbounded.
   */
  public long attemptTimeoutNanos() {
    expect(State.SENT);
    long perTry = forward().retryPolicy().perTryTimeoutNanos();
    return perTry == 0 ? remaining() : Math.min(remaining(), perTry);
  }

  /**
   * After {@link Step.Deliver}: how long from now the body may take, in nanoseconds; {@link
   * Long#MAX_VALUE} when unbounded. Then the driver resets the exchange and reports {@link
   * #onBodyFailure}.
   */
  public long bodyTimeoutNanos() {
    expect(State.DELIVERED);
    return remaining();
  }

  /**
   * Gives {@code sink} the headers that this attempt carries besides the caller's. After {@link
   * Step.Send}.
   */
  public void requestHeaders(HeaderSink sink) {
    if (route != null && route.includeAttemptCount()) {
      sink.set("x-envoy-attempt-count", Integer.toString(attempt));
    }
  }

  /**
   * The attempt has a connection, new or pooled. Limits on pending requests are exact when drivers
   * report this.
   */
  public void onConnected() {
    if (state == State.SENT && cluster != null && host != null) {
      admission = cluster.limits.connected(admission);
      cluster.outlierDetector.onConnected(host);
    }
  }

  /**
   * A request body that cannot be sent twice has begun to go out: the call is not retried from now
   * on.
   */
  public void onUnrepeatableBody() {
    unrepeatable = true;
  }

  /**
   * The upstream answered the attempt. The driver discards the answer unless the step is {@link
   * Step.Deliver}.
   */
  public Step onResponse(ResponseHead response) {
    expect(State.SENT);
    now = mesh.ticker.nanos();
    if (cluster != null && host != null) {
      cluster.outlierDetector.onResponse(host, response, now, mesh.random);
    }
    record(response.status(), "response");
    if (bound().retryRules.retriesResponse(response) && mayRetry()) {
      endAttempt(true);
      return backOff();
    }
    releaseRetry();
    state = State.DELIVERED;
    status = response.status();
    return Step.Deliver.INSTANCE;
  }

  /**
   * The attempt ended without an answer.
   *
   * @param requestSent whether any byte of the request may have reached the upstream
   * @param detail the transport's own words, for the caller's eyes; may be empty
   */
  public Step onFailure(TransportFailure failure, boolean requestSent, String detail) {
    expect(State.SENT);
    now = mesh.ticker.nanos();
    charge(false);
    record(0, LocalReplies.name(failure));
    endAttempt(false);
    if (bound().retryRules.retriesFailure(failure, requestSent) && mayRetry()) {
      return backOff();
    }
    flag(LocalReplies.flag(failure));
    return end(LocalReplies.failed(failure, attempt > 1, details(detail), flags));
  }

  /** {@link #attemptTimeoutNanos} passed without an answer. */
  public Step onTimeout() {
    expect(State.SENT);
    now = mesh.ticker.nanos();
    charge(true);
    record(0, "timeout");
    boolean callTimedOut = forward().retryPolicy().perTryTimeoutNanos() == 0 || remaining() <= 0;
    endAttempt(false);
    if (!callTimedOut && bound().retryRules.retriesTimeout() && mayRetry()) {
      return backOff();
    }
    return timedOut();
  }

  /** The body of a delivered response ended as it should. */
  public void onBodyEnd() {
    if (state == State.DELIVERED) {
      endAttempt(true);
      finish(status);
    }
  }

  /** The body of a delivered response broke off, ran out of time or was abandoned by the caller. */
  public void onBodyFailure() {
    if (state == State.DELIVERED) {
      now = mesh.ticker.nanos();
      if (remaining() <= 0) {
        // As before the response: the host is charged and the flag set, only the answer is out.
        charge(true);
        flag(ResponseFlag.UT);
      }
      endAttempt(false);
      finish(status);
    }
  }

  /**
   * The caller gave up. In any state; gives back what the call holds and is not held against the
   * host.
   */
  public void cancel() {
    if (state == State.ENDED) {
      return;
    }
    if (queued != null) {
      queued.abandon();
    }
    endAttempt(false);
    flag(ResponseFlag.DC);
    finish(0);
  }

  /** The number of the attempt that the last {@link Step.Send} asked for, from 1; 0 before that. */
  public int attempt() {
    return attempt;
  }

  /** Why the call is as it is, so far. */
  public Set<ResponseFlag> flags() {
    return LocalReplies.flagSet(flags);
  }

  /** The name of the route taken; empty when none was. */
  public String routeName() {
    return route == null ? "" : route.route().name();
  }

  /** The name of the cluster chosen; empty when none was. */
  public String clusterName() {
    return cluster == null ? "" : cluster.name;
  }

  private Step route() {
    MeshSnapshot snapshot = target.snapshot();
    if (snapshot instanceof MeshSnapshot.Ready ready) {
      RouteDecision decision = ready.table().decide(head, mesh.random);
      if (decision instanceof RouteDecision.Matched matched) {
        route = matched;
        bound = ready.bound(matched);
        return fault(bound.fault.decide(mesh.random));
      }
      flag(ResponseFlag.NR);
      return reply(404, "", "no route for " + head.method() + " " + LocalReplies.where(head));
    }
    if (snapshot instanceof MeshSnapshot.Pending pending) {
      long left = mesh.configTimeoutNanos - (now - startNanos);
      if (left > 0) {
        state = State.AWAITING_CONFIG;
        return new Step.Wait(left, pending.changed());
      }
      flag(ResponseFlag.NC);
      return reply(503, "", "no configuration for " + target.authority + ": " + pending.reason());
    }
    flag(ResponseFlag.NR);
    return reply(404, "", ((MeshSnapshot.Absent) snapshot).reason());
  }

  private Step fault(FaultDecision decision) {
    if (decision instanceof FaultDecision.Delay delay) {
      flag(ResponseFlag.DI);
      afterDelay = delay.then();
      state = State.DELAYED;
      return new Step.Wait(delay.nanos(), null);
    }
    return afterFault(decision);
  }

  private Step afterFault(@Nullable FaultDecision decision) {
    if (decision instanceof FaultDecision.Abort abort) {
      flag(ResponseFlag.FI);
      return reply(abort.status(), "fault filter abort", "");
    }
    RouteAction action = matched().route().action();
    if (action instanceof RouteAction.DirectResponse direct) {
      return reply(direct.status(), direct.body(), "");
    }
    return cluster((RouteAction.Forward) action);
  }

  private Step cluster(RouteAction.Forward action) {
    forward = action;
    int choice = matched().chooseCluster(mesh.random);
    cluster = bound().cluster(choice);
    if (cluster == null) {
      flag(ResponseFlag.NC);
      String name = action.clusters().get(choice).cluster();
      return reply(
          action.clusterNotFoundStatus(),
          "",
          "no cluster " + name + " for " + LocalReplies.where(head));
    }
    routedNanos = now;
    return send();
  }

  private Step send() {
    if (remaining() <= 0) {
      return timedOut();
    }
    rememberTried();
    host = null;
    attempt++;
    ClusterRuntime to = chosen();
    if (to.state.cluster().discovery() == Cluster.Discovery.ORIGINAL_DESTINATION) {
      return sent(new Step.Send(null, to.state.cluster().connectTimeoutNanos()));
    }
    PickResult picked = to.state.pick(mesh.random, tried, attempt - 1, maxPicks());
    if (!(picked instanceof HostState candidate)) {
      flag(ResponseFlag.UH);
      return reply(503, "no healthy upstream", details(to.state.counts().toString()));
    }
    host = candidate;
    return admit(to, candidate);
  }

  private Step admit(ClusterRuntime to, HostState candidate) {
    admission = to.limits.tryBegin(candidate);
    if (admission == Admission.QUEUED) {
      queued = to.limits.queue(candidate);
      state = State.QUEUED;
      return afterQueue(queued);
    }
    return admitted(to, candidate);
  }

  /**
   * Asked when a place in the queue is taken, and again when its signal fires or the call has run
   * out of time.
   */
  private Step afterQueue(PendingAttempt place) {
    admission = place.admission();
    if (admission == Admission.QUEUED) {
      long left = remaining();
      if (left > 0) {
        return new Step.Wait(left, place.signal());
      }
      place.abandon();
      return timedOut();
    }
    queued = null;
    return admitted(chosen(), requireNonNull(host, "host"));
  }

  private Step admitted(ClusterRuntime to, HostState candidate) {
    if (admission.overflow()) {
      flag(ResponseFlag.UO);
      return end(LocalReplies.overflow(details(LocalReplies.limit(to, admission)), flags));
    }
    return sent(to.sendTo(candidate));
  }

  private Step sent(Step.Send step) {
    state = State.SENT;
    attemptStartNanos = now;
    return step;
  }

  /**
   * Whether a retry is allowed after its condition has been met. Source: Envoy {@code
   * RetryStateImpl}: the count first, then the cluster's limit on retries, which does not give the
   * count back.
   */
  private boolean mayRetry() {
    if (unrepeatable) {
      return false;
    }
    if (retries >= bound().retryRules.numRetries()) {
      flag(ResponseFlag.URX);
      return false;
    }
    retries++;
    releaseRetry();
    if (!chosen().limits.tryBeginRetry()) {
      flag(ResponseFlag.UO);
      return false;
    }
    holdsRetry = true;
    return true;
  }

  private Step backOff() {
    RetryPolicy.BackOff backOff = forward().retryPolicy().backOff();
    long nanos = BackOff.intervalNanos(backOff, retries, mesh.random);
    state = State.BACKING_OFF;
    nanos = Math.min(nanos, remaining());
    return nanos > 0 ? new Step.Wait(nanos, null) : send();
  }

  private Step timedOut() {
    flag(ResponseFlag.UT);
    return reply(504, "upstream request timeout", details(""));
  }

  /** Charges the host with a failure that it did not answer for. */
  private void charge(boolean timeout) {
    if (cluster != null && host != null) {
      cluster.outlierDetector.onLocalOriginFailure(host, timeout, now, mesh.random);
    }
  }

  /** Gives back the place of the attempt in flight. */
  private void endAttempt(boolean reusable) {
    boolean inFlight = state == State.SENT || state == State.DELIVERED;
    if (inFlight && cluster != null && host != null) {
      cluster.limits.end(host, admission, reusable);
    }
  }

  /** Notes the host of the attempt before this one; a call that is not retried keeps no list. */
  private void rememberTried() {
    if (host == null || maxPicks() == 0) {
      return;
    }
    if (tried == null) {
      tried = new HostState[bound().retryRules.numRetries() + 1];
    }
    tried[attempt - 1] = host;
  }

  private int maxPicks() {
    RetryPolicy.HostSelection selection = forward().retryPolicy().hostSelection();
    return selection.avoidPreviousHosts() ? selection.maxPicks() : 0;
  }

  private Step.Reply reply(int code, String envoyText, String details) {
    return end(LocalReplies.of(code, envoyText, details, flags));
  }

  private Step.Reply end(Step.Reply reply) {
    finish(reply.status());
    return reply;
  }

  private void finish(int finalStatus) {
    state = State.ENDED;
    releaseRetry();
    if (trace != null) {
      long took = mesh.ticker.nanos() - startNanos;
      trace.end(target.authority, routeName(), clusterName(), finalStatus, flags(), took);
    }
  }

  private void releaseRetry() {
    if (holdsRetry) {
      holdsRetry = false;
      chosen().limits.endRetry();
    }
  }

  private void record(int code, String result) {
    if (trace != null) {
      trace.attempt(host == null ? null : host.endpoint(), code, result, now - attemptStartNanos);
    }
  }

  private String details(String reason) {
    int allowed = bound().retryRules.numRetries() + 1;
    return LocalReplies.details(chosen(), host, attempt, allowed, reason);
  }

  /** What is left of the route's timeout; {@link Long#MAX_VALUE} when it has none. */
  private long remaining() {
    long timeout = forward().timeoutNanos();
    return timeout == 0 ? Long.MAX_VALUE : timeout - (now - routedNanos);
  }

  private void flag(ResponseFlag flag) {
    flags |= flag.mask();
  }

  private RouteDecision.Matched matched() {
    return requireNonNull(route, "route");
  }

  private Bound bound() {
    return requireNonNull(bound, "bound");
  }

  private RouteAction.Forward forward() {
    return requireNonNull(forward, "forward");
  }

  private ClusterRuntime chosen() {
    return requireNonNull(cluster, "cluster");
  }

  private void expect(State expected) {
    if (state != expected) {
      throw new IllegalStateException("state: " + state + " (expected: " + expected + ")");
    }
  }
}
