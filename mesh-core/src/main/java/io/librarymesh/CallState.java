package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.MeshSnapshot.Bound;
import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.CallTimer;
import io.librarymesh.attempt.Limits;
import io.librarymesh.config.RouteAction;
import io.librarymesh.guard.GuardedCall;
import io.librarymesh.outcome.RetryRules;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.Subset;
import io.librarymesh.route.HeaderLookup;
import io.librarymesh.route.HeaderSink;
import io.librarymesh.route.OutgoingHead;
import io.librarymesh.route.RequestHash;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RequestSession;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/**
 * What a call knows and holds; its time is in {@link TimedCall}, what drivers ask in {@link
 * CallMessages}, the walk in {@link MeshCall}.
 */
abstract sealed class CallState permits TimedCall {
  enum State {
    NEW,
    AWAITING_CONFIG,
    /** Held back by a rate limit or a bulkhead. */
    GUARDED,
    DELAYED,
    QUEUED,
    /** Sent, and counted as waiting for a connection. */
    CONNECTING,
    SENT,
    BACKING_OFF,
    /** Its own attempt has failed, and others run. */
    AWAITING_RIVALS,
    /** Its caller's own fallback is asked for something better than the mesh's own answer. */
    FALLING_BACK,
    DELIVERED,
    ENDED
  }

  static final String ATTEMPT_COUNT = "x-envoy-attempt-count";

  /** Milliseconds: an upstream that takes longer works for nobody. */
  static final String EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";

  /** Whether a retry is one after the timeout of a try. */
  static final String IS_TIMEOUT_RETRY = "x-envoy-is-timeout-retry";

  static final long NANOS_PER_MILLI = 1_000_000;

  // One of these is made for each call, so what only some calls need stands in the detour.
  final Target target;

  /** As the caller made it, but for its path, which is normal once there is a route. */
  RequestHead head;

  State state = State.NEW;
  @Nullable Bound bound;
  @Nullable ClusterRuntime cluster;
  @Nullable HostState host;
  @Nullable Detour detour;
  long startNanos;

  CallState(Target target, RequestHead head) {
    this.target = target;
    this.head = head;
  }

  /** The cluster that the request goes to; empty when it goes nowhere. */
  final String clusterAhead() {
    RouteAction.Forward action = bound().forward;
    return action == null ? "" : action.clusters().get(choose()).cluster();
  }

  /** Which of the route's clusters it is; decided once for a call. */
  final int choose() {
    RouteDecision.Matched matched = bound().matched;
    if (bound().fault.upstreamCluster().isEmpty()) {
      return matched.chooseCluster(seams().random());
    }
    Detour chosen = detour();
    if (chosen.choice == RouteDecision.Matched.NOWHERE) {
      chosen.choice = matched.chooseCluster(seams().random());
    }
    return chosen.choice;
  }

  /** Notes what the picks of this call ask for: the host of its session, a subset, and a hash. */
  final void askForHosts(int choice) {
    if (bound().sessions) {
      askForSession();
    }
    Subset subset = bound().subset(choice);
    if (subset != null) {
      detour().pickWithin(subset, forward().retryPolicy().hostSelection());
    }
    if (bound().hashes && chosen().hashes()) {
      RequestHash hash = bound().matched.hash(head, seams().hostname(), seams().random());
      if (hash != null) {
        detour().ownPicks(forward().retryPolicy().hostSelection()).hash(hash.value());
        detour().cookies = hash.cookies();
      }
    }
  }

  private void askForSession() {
    RequestSession session = bound().matched.session(head, seams().wallClock());
    if (session != null) {
      detour().session = session;
      detour()
          .ownPicks(forward().retryPolicy().hostSelection())
          .override(session.host(), session.strict());
    }
  }

  /** The number of the attempt in flight or the last one, from 1; 0 before the first. */
  final int attemptNumber() {
    if (detour != null) {
      return detour.attempt;
    }
    return cluster == null ? 0 : 1;
  }

  /** Charges the host with a failure that it did not answer for. */
  final void charge(boolean timeout, long now) {
    if (host != null) {
      chosen().outlierDetector.onLocalOriginFailure(host, timeout, now, seams().random());
    }
  }

  final void connected() {
    if (state == State.CONNECTING) {
      limits().connected(Admission.CONNECTING);
      state = State.SENT;
    }
  }

  /** Gives back the place of the attempt in flight. */
  final void endAttempt(boolean reusable) {
    if (host != null && (isSent() || state == State.DELIVERED)) {
      Admission admission = state == State.CONNECTING ? Admission.CONNECTING : Admission.ADMITTED;
      boolean kept = reusable && chosen().state.cluster().http().maxRequestsPerConnection() != 1;
      limits().end(host, admission, kept);
    }
  }

  final void attemptEnded(int code, String result) {
    if (detour != null) {
      detour.attemptEnded(host, code, result);
    }
  }

  /**
   * Whether a retry is made after its condition has been met.
   *
   * @param processed whether the upstream may have processed the request
   */
  final boolean tryRetry(boolean processed) {
    RetryRules rules = bound().retryRules;
    if (!rules.concern(head) || (processed && !seams().mayRepeat(rules, head))) {
      return false;
    }
    Racer racer = detour().racer;
    if (racer != null && racer.attempt != null) {
      detour().afterTimeout = false;
      return racer.race.tryRetry(racer.attempt, detour().now);
    }
    return detour().tryRetry(rules, limits(), seams().isSafe() ? chosen().retryBudget : null);
  }

  final Step reply(int code, String envoyText, String details) {
    return end(LocalReplies.of(code, envoyText, details, flagBits()));
  }

  /** Answers a call that is not sent to spare its cluster. */
  final Step dropped() {
    flag(ResponseFlag.DO);
    return end(LocalReplies.dropped(chosen().state.description(), flagBits()));
  }

  final Step unconfigured(String reason) {
    flag(ResponseFlag.NC);
    return reply(503, "", "no configuration for " + target.authority + ": " + reason);
  }

  /** Answers the caller, unless a policy has a better answer. */
  abstract Step end(Step.Reply reply);

  /**
   * Answers the caller with what the route makes of a reply.
   *
   * @param status what it says in HTTP, whatever the caller speaks
   */
  final Step answer(Step.Reply reply, int status) {
    return answerAsIs(changesResponse() ? LocalReplies.changed(reply, this) : reply, status);
  }

  /** Answers the caller with what a caller was answered before. */
  final Step answerAsIs(Step.Reply reply) {
    return answerAsIs(reply, reply.status());
  }

  private Step answerAsIs(Step.Reply reply, int status) {
    if (detour != null) {
      detour.answered(reply.status());
      if (detour.guarded != null && detour.isForOthers()) {
        // Whoever shares this has a fallback of his own, or none.
        detour.guarded.answered(LocalReplies.stored(reply), true, detour.allFlags(), detour.now);
      }
      if (isForFallback(status)) {
        state = State.FALLING_BACK;
        detour.failure = reply;
        return new Step.Fallback(reply);
      }
    }
    finish(true);
    return reply;
  }

  /** Whether the caller's own fallback is asked about what it would get. */
  final boolean isForFallback(int status) {
    return detour != null
        && detour.fallbackOffered
        && GuardedCall.isFailure(detour.guarded, status, LocalReplies.failure(detour.flags));
  }

  final Step waitFor(State next, long nanos, @Nullable Signal signal) {
    Detour waiting = detour();
    state = next;
    CallTimer timer = waiting.timer;
    long left = timer == null ? nanos : Math.min(nanos, timer.ofStream(waiting.now));
    return new Step.Wait(Math.max(0, left), signal);
  }

  /** The request as it goes out, the authority of an attempt aside. */
  final RequestHead outgoing() {
    OutgoingHead changed = detour == null ? null : detour.outgoing;
    return changed == null ? head : changed;
  }

  /** Whether the caller gets a response other than it came, or than the mesh made it. */
  final boolean changesResponse() {
    return bound != null
        && (bound.matched.changesResponse(destination())
            || givesCookies()
            || (bound.matched.attemptCountInResponse() && attemptNumber() > 0));
  }

  /** Whether the caller is given what is for nobody else: cookies, or the host of its session. */
  final boolean givesCookies() {
    return detour != null && (!detour.cookies.isEmpty() || movedSession() != null);
  }

  /** The session whose host is not the one that it asked for; null when there is none. */
  private @Nullable RequestSession movedSession() {
    RequestSession session = detour == null ? null : detour.session;
    boolean moved = session != null && host != null && !session.isWith(host.endpoint().hostPort());
    return moved ? session : null;
  }

  final void changeResponse(HeaderLookup response, int code, HeaderSink sink) {
    CallInfo info = new CallInfo(this, code);
    bound().matched.responseHeaders(destination(), response, outgoing(), info, sink);
    if (detour != null && state == State.DELIVERED) {
      detour.cookies.forEach(cookie -> sink.add("set-cookie", cookie));
    }
    RequestSession session = movedSession();
    // An answer of the mesh that others wait for tells nobody of a host.
    boolean own = state == State.DELIVERED || detour == null || !detour.isForOthers();
    if (session != null && host != null && own) {
      session.remember(host.endpoint().hostPort(), seams().wallClock(), sink);
    }
    if (bound().matched.attemptCountInResponse() && attemptNumber() > 0) {
      sink.set(ATTEMPT_COUNT, LocalReplies.number(attemptNumber()));
    }
  }

  /** The name of the host of the attempt; empty when it has none. */
  final String endpointName() {
    return host == null ? "" : host.endpoint().hostname();
  }

  private int destination() {
    return detour == null ? RouteDecision.Matched.NOWHERE : detour.destination;
  }

  /**
   * The call is over.
   *
   * @param complete whether the caller got a whole answer
   */
  final void finish(boolean complete) {
    state = State.ENDED;
    if (detour == null) {
      return;
    }
    if (cluster != null) {
      detour.releaseRetry(limits());
    }
    if (detour.guarded != null) {
      detour.guarded.end(complete, seams().ticker().nanos());
    }
    if (detour.hasFault) {
      seams().activeFaults().end();
    }
    if (detour.observed()) {
      long took = seams().ticker().nanos() - startNanos;
      detour.callEnded(
          target.authority,
          bound == null ? "" : bound.matched.route().name(),
          cluster == null ? "" : cluster.name,
          took);
    }
  }

  final String details(String reason) {
    // A fallback makes one attempt more.
    int allowed = Math.max(bound().retryRules.numRetries() + 1, attemptNumber());
    String unknown = bound().unknown;
    String why = unknown.isEmpty() || reason.isEmpty() ? reason + unknown : reason + "; " + unknown;
    return LocalReplies.details(chosen(), host, attemptNumber(), allowed, why);
  }

  final long enter() {
    long now = seams().ticker().nanos();
    if (detour != null) {
      detour.now = now;
    }
    return now;
  }

  final void flag(ResponseFlag flag) {
    detour().flag(flag);
  }

  final int flagBits() {
    return detour == null ? 0 : detour.allFlags();
  }

  final Detour detour() {
    if (detour == null) {
      detour = new Detour(attemptNumber(), startNanos);
    }
    return detour;
  }

  final Seams seams() {
    return target.seams;
  }

  final Bound bound() {
    return requireNonNull(bound, "bound");
  }

  final RouteAction.Forward forward() {
    return requireNonNull(bound().forward, "forward");
  }

  final ClusterRuntime chosen() {
    return requireNonNull(cluster, "cluster");
  }

  final Limits limits() {
    return chosen().limits(forward().priority());
  }

  final boolean isSent() {
    return state == State.SENT || state == State.CONNECTING;
  }

  final void expectSent() {
    if (!isSent()) {
      expect(State.SENT);
    }
  }

  final void expect(State expected) {
    if (state != expected) {
      throw new IllegalStateException("state: " + state + " (expected: " + expected + ")");
    }
  }
}
