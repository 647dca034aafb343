package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.MeshSnapshot.MirrorRoute;
import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.PendingAttempt;
import io.librarymesh.config.Cluster;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.pick.PickResult;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.ArrayList;
import java.util.List;

/** The part of the walk that makes an attempt: a host, a place among its cluster's, and copies. */
abstract sealed class AttemptWalk extends RacedWalk permits GuardedWalk {
  AttemptWalk(Target target, RequestHead head) {
    super(target, head);
  }

  @Override
  final Step send(long now) {
    if (remaining(now) <= 0) {
      return timedOut(passedOfCall(now));
    }
    PickRequest picks = PickRequest.ANY;
    if (bound().hedges) {
      enterRace();
    }
    if (detour != null) {
      detour.now = now;
      detour.nextAttempt(host, forward().retryPolicy().hostSelection());
      picks = detour.picks;
      host = null;
    }
    ClusterRuntime to = chosen();
    Cluster config = to.state.cluster();
    if (config.http().maxStreamNanos() > 0 || timer() != null) {
      timeAttempt(config.http().maxStreamNanos());
    }
    if (config.discovery() == Cluster.Discovery.ORIGINAL_DESTINATION) {
      return sent(to.sendToOriginal(), State.SENT);
    }
    Racer racer = racer();
    PickResult picked = racer == null ? to.state.pick(seams().random(), picks) : racer.race.pick();
    if (!(picked instanceof HostState candidate)) {
      flag(ResponseFlag.UH);
      return reply(503, "no healthy upstream", details(to.state.whyNobody(picks)));
    }
    host = candidate;
    Admission admission = limits().tryBegin(candidate);
    if (admission == Admission.QUEUED) {
      PendingAttempt place = limits().queue(candidate);
      detour().queued = place;
      return afterQueue(place, now);
    }
    return admitted(to, candidate, admission);
  }

  /**
   * Asked when a place in the queue is taken, and again when its signal fires or the call has run
   * out of time.
   */
  final Step afterQueue(PendingAttempt place, long now) {
    Admission admission = place.admission();
    if (admission == Admission.QUEUED) {
      long left = remaining(now);
      if (left > 0) {
        return waitFor(State.QUEUED, left, orOvertaken(place.signal()));
      }
      abandonPlace();
      return timedOut(passedOfCall(now));
    }
    detour().queued = null;
    return admitted(chosen(), requireNonNull(host, "host"), admission);
  }

  private Step admitted(ClusterRuntime to, HostState candidate, Admission admission) {
    if (admission.overflow()) {
      flag(ResponseFlag.UO);
      return end(
          LocalReplies.overflow(details(LocalReplies.limit(limits(), admission)), flagBits()));
    }
    boolean connecting = admission == Admission.CONNECTING;
    return sent(to.sendTo(candidate), connecting ? State.CONNECTING : State.SENT);
  }

  private Step sent(Step.Send step, State next) {
    state = next;
    if (bound().mirrors != null && attemptNumber() == 1) {
      mirror(bound().mirrors);
    }
    if (detour != null) {
      sent(detour);
    }
    return step;
  }

  private void mirror(MirrorRoute[] mirrors) {
    List<MeshCall> copies = new ArrayList<>(mirrors.length);
    for (MirrorRoute mirror : mirrors) {
      if (mirror.plan().copies(seams().random())) {
        copies.add(new MeshCall((MeshCall) this, mirror));
      }
    }
    detour().mirrors = copies;
  }
}
