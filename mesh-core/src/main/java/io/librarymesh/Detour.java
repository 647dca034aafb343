package io.librarymesh;

import io.librarymesh.attempt.CallTimer;
import io.librarymesh.attempt.Limits;
import io.librarymesh.attempt.PendingAttempt;
import io.librarymesh.attempt.RetryBudget;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.fault.FaultDecision;
import io.librarymesh.fault.ResponsePace;
import io.librarymesh.guard.GuardedCall;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.outcome.RetryRules;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.pick.Subset;
import io.librarymesh.route.OutgoingHead;
import io.librarymesh.route.RequestSession;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call has to remember that does not go straight through: that waits, fails, is retried or
 * is observed. Made when the first of these happens, so that all other calls stay small.
 *
 * <p>Confined like its {@link MeshCall}.
 */
final class Detour {
  private @Nullable CallTrace trace;

  /** When the driver entered the call last. A clock is read once for each entry. */
  long now;

  /** When the route's timeout began. */
  long routedNanos;

  /** Null where the route's timeout and that of a try are all. */
  @Nullable CallTimer timer;

  /** Whether the attempt in flight is a retry after the timeout of a try. */
  boolean afterTimeout;

  /** The number of the attempt in flight, or of the last one. */
  int attempt;

  /** Bits of {@link ResponseFlag}: why the call is as it is, since its last fallback. */
  int flags;

  /** The same for what was before a fallback. */
  private int flagsBefore;

  /** What a policy's rule counts of this call; null when there is no rule for it. */
  @Nullable GuardedCall guarded;

  /** How much of the delivered body is wanted at most. */
  int wantedBytes;

  /** Whether the call is counted among those that have a fault. */
  boolean hasFault;

  /** Whether the caller has a fallback of its own. */
  boolean fallbackOffered;

  /** What the caller gets when its own fallback has nothing better. */
  Step.@Nullable Reply failure;

  /** What follows a delay that is being waited out. */
  @Nullable FaultDecision afterDelay;

  /** The place in the queue for a connection, while the call waits in it. */
  @Nullable PendingAttempt queued;

  /** How fast the body of the response may be read; null for as fast as it comes. */
  @Nullable ResponsePace pace;

  /** Which of the route's destinations was chosen, where a fault goes by that. */
  int choice = RouteDecision.Matched.NOWHERE;

  /** Which of the route's destinations was chosen, when its route changes messages. */
  int destination = RouteDecision.Matched.NOWHERE;

  /** The request as it goes out; null when it goes out as it came. */
  @Nullable OutgoingHead outgoing;

  /** The response to deliver, when its headers are changed for the caller. */
  @Nullable ResponseHead response;

  /** What the caller is given to remember its host by: values of {@code set-cookie}. */
  List<String> cookies = List.of();

  /** The session that the call belongs to; null when it has none. */
  @Nullable RequestSession session;

  /** The copies that go out beside the attempt in flight. */
  List<MeshCall> mirrors = List.of();

  /** What the attempt was about when its time ran out; empty when there is nothing to say. */
  String unfinished = "";

  /** The part that this call takes in a race; null where there is none, which is nearly always. */
  @Nullable Racer racer;

  /** Whose response is delivered; null when it is that of this call's own attempt. */
  @Nullable MeshCall winner;

  /** What the picks of this call ask for. */
  PickRequest picks = PickRequest.ANY;

  private boolean unrepeatable;
  private @Nullable Retries retries;
  private int status;
  private long attemptStartNanos;

  Detour(int attempt, long now) {
    this.attempt = attempt;
    this.now = now;
    this.routedNanos = now;
  }

  void flag(ResponseFlag flag) {
    flags |= flag.mask();
  }

  /** All of the call's flags. */
  int allFlags() {
    int own = flags | flagsBefore;
    return racer == null ? own : own | racer.race.flags();
  }

  /** The answer is another call's, and so are its flags. */
  void share(int flagsOfOther) {
    flags = flagsOfOther | ResponseFlag.CO.mask();
  }

  /** From here on another way of answering is tried; what failed before is only remembered. */
  void fallBack() {
    flagsBefore |= flags;
    flags = ResponseFlag.FB.mask();
  }

  /** Whether other callers wait for the answer, too. */
  boolean isForOthers() {
    return guarded != null && guarded.isAwaited();
  }

  boolean repeatable() {
    return !unrepeatable;
  }

  void observe(MeshObserver observer) {
    trace = CallTrace.of(observer);
  }

  /** The call is not retried from now on. */
  void unrepeatable() {
    unrepeatable = true;
  }

  /** Retries so far that back off, the one in flight or backing off included. */
  int backOffs() {
    if (racer != null) {
      return racer.race.backOffs();
    }
    return retries == null ? 0 : retries.backOffs();
  }

  /** The retry that was allowed last waits as its upstream said, or not at all. */
  void withoutBackOff() {
    if (racer != null) {
      racer.race.withoutBackOff();
    } else if (retries != null) {
      retries.withoutBackOff();
    }
  }

  /**
   * Whether a retry is allowed after its condition has been met; if it is, it holds a place among
   * the cluster's retries.
   *
   * @param budget null when there is none
   */
  boolean tryRetry(RetryRules rules, Limits limits, @Nullable RetryBudget budget) {
    afterTimeout = false;
    if (unrepeatable) {
      return false;
    }
    if (retries == null) {
      retries = new Retries();
    }
    int refused = retries.tryBegin(rules.numRetries(), limits, budget, now);
    flags |= refused;
    return refused == Retries.ALLOWED;
  }

  void releaseRetry(Limits limits) {
    if (retries != null) {
      retries.release(limits);
    }
  }

  /** What the picks of this call ask for, to be added to. */
  PickRequest ownPicks(RetryPolicy.HostSelection selection) {
    if (picks == PickRequest.ANY) {
      picks = PickRequest.of(selection);
    }
    return picks;
  }

  /** Picks are of these hosts from here on; null stands for those of the whole cluster. */
  void pickWithin(@Nullable Subset subset, RetryPolicy.HostSelection selection) {
    if (subset != null || picks != PickRequest.ANY) {
      ownPicks(selection).within(subset);
    }
  }

  /** The host of the session is no longer asked for, and the caller not told of another. */
  void leaveSession() {
    if (session != null) {
      session = null;
      picks.override("", false);
    }
  }

  /** Another attempt begins, after one to {@code before} if there was one. */
  void nextAttempt(@Nullable HostState before, RetryPolicy.HostSelection selection) {
    if (racer != null) {
      // The race knows of all attempts, and its picks avoid them.
      attempt = racer.race.nextNumber();
    } else {
      if (before != null) {
        ownPicks(selection).retryAfter(before);
      }
      attempt++;
    }
    mirrors = List.of();
    unfinished = "";
  }

  void attemptSent() {
    attemptStartNanos = now;
  }

  void attemptEnded(@Nullable HostState host, int code, String result) {
    status = code;
    // In a race the attempts are told of together, in the order in which they began.
    if (trace != null && racer == null) {
      Endpoint endpoint = host == null ? null : host.endpoint();
      trace.attempt(new AttemptRecord(endpoint, code, result, now - attemptStartNanos));
    }
  }

  void trace(AttemptRecord attempt) {
    if (trace != null) {
      trace.attempt(attempt);
    }
  }

  /** The caller got no answer, or another than the last upstream's. */
  void answered(int code) {
    status = code;
  }

  void callEnded(String authority, String route, String cluster, long durationNanos) {
    if (trace != null) {
      trace.end(authority, route, cluster, status, LocalReplies.flagSet(allFlags()), durationNanos);
    }
  }

  boolean observed() {
    return trace != null;
  }
}
