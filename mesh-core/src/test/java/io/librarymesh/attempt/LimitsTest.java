package io.librarymesh.attempt;

import static io.librarymesh.attempt.Admission.ADMITTED;
import static io.librarymesh.attempt.Admission.CONNECTING;
import static io.librarymesh.attempt.Admission.OVERFLOW_PENDING;
import static io.librarymesh.attempt.Admission.OVERFLOW_REQUESTS;
import static io.librarymesh.attempt.Admission.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.CircuitBreakers.RetryLimit;
import io.librarymesh.config.CircuitBreakers.Thresholds;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import io.librarymesh.pick.HostState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final int MAX = CircuitBreakers.UNLIMITED;

  @Test
  void withoutBoundsEverythingIsAdmittedAndCounted() {
    Case c = new Case(MAX, MAX, MAX, MAX);
    for (int i = 0; i < 5_000; i++) {
      assertThat(c.begin(0)).isEqualTo(ADMITTED);
    }

    assertThat(c.limits.requests()).isEqualTo(5_000);
    assertThat(c.host(0).active()).isEqualTo(5_000);
    assertThat(c.limits.pending()).isZero();
    for (int i = 0; i < 5_000; i++) {
      c.limits.end(c.host(0), ADMITTED, true);
    }
    assertThat(c.limits.requests()).isZero();
    assertThat(c.host(0).active()).isZero();
  }

  @Test
  void p19TheSecondOfTwoOverflowsMaxRequestsOne() {
    Case c = new Case(MAX, MAX, 1, MAX);
    assertThat(c.begin(0)).isEqualTo(ADMITTED);

    assertThat(c.begin(1)).isEqualTo(OVERFLOW_REQUESTS);

    assertThat(c.limits.requests()).isEqualTo(1);
    assertThat(c.host(1).active()).isZero();
    c.limits.end(c.host(0), ADMITTED, true);
    assertThat(c.begin(1)).isEqualTo(ADMITTED);
  }

  @Test
  void anAttemptWithoutAHostIsCountedAllTheSame() {
    Case c = new Case(MAX, 1, 2, MAX);
    assertThat(c.limits.tryBegin(null)).isEqualTo(CONNECTING);
    assertThat(c.limits.tryBegin(null)).isEqualTo(OVERFLOW_PENDING);
    assertThat(c.limits.connected(CONNECTING)).isEqualTo(ADMITTED);
    assertThat(c.limits.tryBegin(null)).isEqualTo(CONNECTING);
    assertThat(c.limits.connected(CONNECTING)).isEqualTo(ADMITTED);

    assertThat(c.limits.tryBegin(null)).isEqualTo(OVERFLOW_REQUESTS);

    c.limits.end(null, ADMITTED, true);
    c.limits.end(null, ADMITTED, true);
    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
  }

  @Test
  void anAttemptThatMustConnectIsPendingUntilItIsConnected() {
    Case c = new Case(MAX, 1, MAX, MAX);
    Admission first = c.begin(0);
    assertThat(first).isEqualTo(CONNECTING);
    assertThat(c.counts()).isEqualTo("requests 1 pending 1");
    assertThat(c.begin(0)).isEqualTo(OVERFLOW_PENDING);
    assertThat(c.host(0).active()).isEqualTo(1);

    first = c.limits.connected(first);

    assertThat(c.counts()).isEqualTo("requests 1 pending 0");
    assertThat(c.begin(0)).isEqualTo(CONNECTING);
    // Saying so again changes nothing.
    assertThat(c.limits.connected(first)).isEqualTo(ADMITTED);
    assertThat(c.counts()).isEqualTo("requests 2 pending 1");
  }

  @Test
  void anAttemptThatNeverConnectedGivesItsPendingPlaceBack() {
    Case c = new Case(MAX, 1, MAX, MAX);

    c.limits.end(c.host(0), c.begin(0), false);

    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
    assertThat(c.begin(0)).isEqualTo(CONNECTING);
  }

  @Test
  void anIdleConnectionSavesTheWait() {
    Case c = new Case(MAX, 1, MAX, MAX);
    c.limits.end(c.host(0), c.limits.connected(c.begin(0)), true);

    assertThat(c.begin(0)).isEqualTo(ADMITTED);
    assertThat(c.begin(0)).isEqualTo(CONNECTING);
    assertThat(c.begin(1)).isEqualTo(OVERFLOW_PENDING);
  }

  @Test
  void aConnectionThatIsGoneSavesNothing() {
    Case c = new Case(MAX, 1, MAX, MAX);
    c.limits.end(c.host(0), c.limits.connected(c.begin(0)), false);

    assertThat(c.begin(0)).isEqualTo(CONNECTING);
  }

  @Test
  void idleConnectionsBelongToTheirHost() {
    Case c = new Case(MAX, 1, MAX, MAX);
    c.limits.end(c.host(0), c.limits.connected(c.begin(0)), true);

    assertThat(c.begin(1)).isEqualTo(CONNECTING);
  }

  @Test
  void aRefusedAttemptLeavesTheIdleConnectionToTheNext() {
    Case c = new Case(MAX, 1, 1, MAX);
    c.limits.end(c.host(0), c.limits.connected(c.begin(0)), true);
    Admission other = c.limits.connected(c.begin(1));
    assertThat(c.begin(0)).isEqualTo(OVERFLOW_REQUESTS);

    c.limits.end(c.host(1), other, false);

    assertThat(c.begin(0)).isEqualTo(ADMITTED);
  }

  @Test
  void overMaxConnectionsAttemptsQueueAndThenOverflow() {
    Case c = new Case(1, 1, MAX, MAX);
    Admission first = c.limits.connected(c.begin(0));
    assertThat(c.begin(0)).isEqualTo(QUEUED);
    PendingAttempt second = c.limits.queue(c.host(0));
    assertThat(second.admission()).isEqualTo(QUEUED);
    assertThat(c.counts()).isEqualTo("requests 1 pending 1");
    assertThat(c.begin(0)).isEqualTo(OVERFLOW_PENDING);

    c.limits.end(c.host(0), first, true);

    assertThat(second.signal().fired()).isTrue();
    assertThat(second.admission()).isEqualTo(ADMITTED);
    assertThat(c.counts()).isEqualTo("requests 1 pending 0");
    assertThat(c.host(0).active()).isEqualTo(1);
    c.limits.end(c.host(0), second.admission(), true);
    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
    assertThat(c.host(0).active()).isZero();
  }

  @Test
  void whoeverWaitedConnectsAnewWhenTheConnectionIsGone() {
    Case c = new Case(1, 1, MAX, MAX);
    Admission first = c.limits.connected(c.begin(0));
    PendingAttempt second = c.limits.queue(c.host(0));

    c.limits.end(c.host(0), first, false);

    assertThat(second.admission()).isEqualTo(CONNECTING);
    assertThat(c.counts()).isEqualTo("requests 1 pending 1");
    c.limits.end(c.host(0), second.admission(), true);
    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
  }

  @Test
  void withMaxRequestsAsSmallAsMaxConnectionsAttemptsQueue() {
    Case c = new Case(1, MAX, 1, MAX);
    Admission first = c.begin(0);
    assertThat(c.begin(0)).isEqualTo(QUEUED);
    PendingAttempt second = c.limits.queue(c.host(0));

    c.limits.end(c.host(0), first, true);

    assertThat(second.admission()).isEqualTo(ADMITTED);
  }

  @Test
  void theQueueIsServedInOrder() {
    Case c = new Case(1, MAX, MAX, MAX);
    Admission running = c.begin(0);
    List<Integer> order = new ArrayList<>();
    List<PendingAttempt> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      waiting.add(c.limits.queue(c.host(0)));
      waiting.get(i).signal().subscribe(() -> order.add(number));
    }
    waiting.get(2).abandon();

    for (int i = 0; i < 4; i++) {
      c.limits.end(c.host(0), running, true);
    }

    assertThat(order).containsExactly(0, 1, 3, 4);
    assertThat(c.limits.requests()).isEqualTo(1);
  }

  @Test
  void aNewcomerDoesNotOvertakeTheQueue() {
    Case c = new Case(2, MAX, MAX, MAX);
    c.begin(0);
    Admission second = c.begin(0);
    PendingAttempt waiting = c.limits.queue(c.host(0));
    PendingAttempt behind = c.limits.queue(c.host(0));

    c.limits.end(c.host(0), second, true);

    assertThat(waiting.admission()).isEqualTo(ADMITTED);
    assertThat(c.begin(0)).isEqualTo(QUEUED);
    assertThat(behind.admission()).isEqualTo(QUEUED);
  }

  @Test
  void aNewcomerDoesNotOvertakeTheQueueWhenTheBoundIsRaised() {
    Case c = new Case(1, MAX, MAX, MAX);
    c.begin(0);
    PendingAttempt waiting = c.limits.queue(c.host(0));
    c.update(2, MAX, MAX, MAX);

    assertThat(c.begin(0)).isEqualTo(QUEUED);
    PendingAttempt newcomer = c.limits.queue(c.host(0));

    assertThat(waiting.admission()).isEqualTo(ADMITTED);
    assertThat(newcomer.admission()).isEqualTo(QUEUED);
  }

  @Test
  void aHostWithNothingInFlightMayHaveOneConnectionOverTheBound() {
    Case c = new Case(1, MAX, MAX, MAX);
    assertThat(c.begin(0)).isEqualTo(ADMITTED);

    assertThat(c.begin(1)).isEqualTo(ADMITTED);

    assertThat(c.begin(0)).isEqualTo(QUEUED);
    assertThat(c.begin(1)).isEqualTo(QUEUED);
    assertThat(c.limits.requests()).isEqualTo(2);
  }

  @Test
  void whoeverWaitsForAHostThatFallsIdleNeedNotWaitForTheRest() {
    Case c = new Case(1, MAX, MAX, MAX);
    c.begin(0);
    Admission onSecondHost = c.begin(1);
    PendingAttempt forFirstHost = c.limits.queue(c.host(0));
    PendingAttempt forSecondHost = c.limits.queue(c.host(1));

    c.limits.end(c.host(1), onSecondHost, true);

    assertThat(forFirstHost.admission()).isEqualTo(QUEUED);
    assertThat(forSecondHost.admission()).isEqualTo(ADMITTED);
  }

  @Test
  void whoeverGivesUpWaitingLeavesNothingBehind() {
    Case c = new Case(1, 1, MAX, MAX);
    Admission first = c.limits.connected(c.begin(0));
    PendingAttempt gaveUp = c.limits.queue(c.host(0));

    gaveUp.abandon();
    gaveUp.abandon();

    assertThat(c.counts()).isEqualTo("requests 1 pending 0");
    assertThat(c.begin(0)).isEqualTo(QUEUED);
    c.limits.end(c.host(0), first, true);
    assertThat(gaveUp.signal().fired()).isFalse();
    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
  }

  @Test
  void whoeverGivesUpAfterItsTurnCameHandsThePlaceOn() {
    Case c = new Case(1, 2, MAX, MAX);
    Admission first = c.limits.connected(c.begin(0));
    PendingAttempt gaveUp = c.limits.queue(c.host(0));
    PendingAttempt next = c.limits.queue(c.host(0));
    c.limits.end(c.host(0), first, true);
    assertThat(gaveUp.admission()).isEqualTo(ADMITTED);

    gaveUp.abandon();
    gaveUp.abandon();

    assertThat(next.admission()).isEqualTo(ADMITTED);
    assertThat(c.counts()).isEqualTo("requests 1 pending 0");
    assertThat(c.host(0).active()).isEqualTo(1);
  }

  @Test
  void givingUpAConnectionThatWasNeverMadeLeavesNoneIdle() {
    Case c = new Case(1, 2, MAX, MAX);
    Admission first = c.limits.connected(c.begin(0));
    PendingAttempt gaveUp = c.limits.queue(c.host(0));
    c.limits.end(c.host(0), first, false);
    assertThat(gaveUp.admission()).isEqualTo(CONNECTING);

    gaveUp.abandon();

    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
    assertThat(c.begin(0)).isEqualTo(CONNECTING);
  }

  @Test
  void aPlaceThatCameFreeBeforeJoiningIsTakenAtOnce() {
    Case c = new Case(1, 1, MAX, MAX);
    Admission first = c.limits.connected(c.begin(0));
    assertThat(c.begin(0)).isEqualTo(QUEUED);
    c.limits.end(c.host(0), first, true);

    PendingAttempt attempt = c.limits.queue(c.host(0));

    assertThat(attempt.admission()).isEqualTo(ADMITTED);
    assertThat(attempt.signal().fired()).isTrue();
  }

  @Test
  void aQueueThatFilledUpBeforeJoiningOverflows() {
    Case c = new Case(1, 1, MAX, MAX);
    c.limits.connected(c.begin(0));
    c.limits.queue(c.host(0));

    PendingAttempt late = c.limits.queue(c.host(0));

    assertThat(late.admission()).isEqualTo(OVERFLOW_PENDING);
    late.abandon();
    assertThat(c.counts()).isEqualTo("requests 1 pending 1");
  }

  @Test
  void aTurnThatComesWhileMaxRequestsIsUsedUpOverflows() {
    Case c = new Case(1, MAX, 2, MAX);
    Admission first = c.begin(0);
    c.begin(1);
    PendingAttempt waiting = c.limits.queue(c.host(0));
    c.update(1, MAX, 1, MAX);

    c.limits.end(c.host(0), first, true);

    assertThat(waiting.admission()).isEqualTo(OVERFLOW_REQUESTS);
    assertThat(waiting.signal().fired()).isTrue();
    assertThat(c.limits.requests()).isEqualTo(1);
  }

  @Test
  void countsSurviveAnUpdateAndNewBoundsApplyAtOnce() {
    Case c = new Case(MAX, MAX, MAX, MAX);
    Admission first = c.begin(0);
    c.begin(0);

    c.update(MAX, MAX, 2, MAX);
    assertThat(c.begin(0)).isEqualTo(OVERFLOW_REQUESTS);
    c.update(2, MAX, MAX, MAX);
    assertThat(c.begin(0)).isEqualTo(QUEUED);
    c.update(MAX, MAX, 3, MAX);
    assertThat(c.begin(0)).isEqualTo(ADMITTED);

    c.limits.end(c.host(0), first, true);
    assertThat(c.limits.requests()).isEqualTo(2);
  }

  @Test
  void attemptsFromBeforePendingWasBoundedAreNotMissedLater() {
    Case c = new Case(MAX, MAX, MAX, MAX);
    Admission before = c.begin(0);
    c.update(MAX, 1, MAX, MAX);
    Admission after = c.begin(0);
    assertThat(after).isEqualTo(CONNECTING);
    c.update(MAX, MAX, MAX, MAX);

    c.limits.end(c.host(0), before, false);
    c.limits.end(c.host(0), after, false);

    assertThat(c.counts()).isEqualTo("requests 0 pending 0");
  }

  @Test
  void anUpdateThatMakesRoomLetsTheQueueGo() {
    Case c = new Case(1, MAX, MAX, MAX);
    c.begin(0);
    PendingAttempt second = c.limits.queue(c.host(0));
    PendingAttempt third = c.limits.queue(c.host(0));
    PendingAttempt fourth = c.limits.queue(c.host(0));

    c.update(3, MAX, MAX, MAX);
    c.limits.onUpdate();

    assertThat(second.admission()).isEqualTo(ADMITTED);
    assertThat(third.admission()).isEqualTo(ADMITTED);
    assertThat(fourth.admission()).isEqualTo(QUEUED);
    c.update(MAX, MAX, MAX, MAX);
    c.limits.onUpdate();
    assertThat(fourth.admission()).isEqualTo(ADMITTED);
  }

  @Test
  void aListenerMayUseTheLimits() {
    Case c = new Case(1, MAX, MAX, MAX);
    Admission first = c.begin(0);
    List<PendingAttempt> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      PendingAttempt attempt = c.limits.queue(c.host(0));
      waiting.add(attempt);
      attempt.signal().subscribe(() -> c.limits.end(c.host(0), attempt.admission(), true));
    }

    c.limits.end(c.host(0), first, true);

    assertThat(waiting).allMatch(attempt -> attempt.signal().fired());
    assertThat(c.limits.requests()).isZero();
    assertThat(c.host(0).active()).isZero();
  }

  @Test
  void w66TheDefaultLetsThreeOfFourRetry() {
    Case c = new Case(CircuitBreakers.ENVOY_DEFAULT);

    assertThat(c.limits.tryBeginRetry()).isTrue();
    assertThat(c.limits.tryBeginRetry()).isTrue();
    assertThat(c.limits.tryBeginRetry()).isTrue();
    assertThat(c.limits.tryBeginRetry()).isFalse();

    assertThat(c.limits.retries()).isEqualTo(3);
    c.limits.endRetry();
    assertThat(c.limits.tryBeginRetry()).isTrue();
  }

  @Test
  void maxRetriesZeroForbidsRetries() {
    Case c = new Case(MAX, MAX, MAX, 0);

    assertThat(c.limits.tryBeginRetry()).isFalse();
  }

  @Test
  void w67ABudgetOfTwentyPercentOfAHundredIsTwenty() {
    Case c = new Case(budget(200_000, 3));
    for (int i = 0; i < 100; i++) {
      c.begin(0);
    }

    assertThat(c.limits.maxRetries()).isEqualTo(20);
    for (int i = 0; i < 20; i++) {
      assertThat(c.limits.tryBeginRetry()).isTrue();
    }
    assertThat(c.limits.tryBeginRetry()).isFalse();
  }

  @Test
  void aBudgetHasAFloorAndIsRoundedDown() {
    Case c = new Case(budget(200_000, 3));
    assertThat(c.limits.maxRetries()).isEqualTo(3);
    for (int i = 0; i < 24; i++) {
      c.begin(0);
    }

    assertThat(c.limits.maxRetries()).isEqualTo(4);
    assertThat(new Case(budget(0, 0)).limits.tryBeginRetry()).isFalse();
  }

  @Test
  void aBudgetCountsThoseThatWaitForAConnection() {
    Case c =
        new Case(
            new CircuitBreakers(
                new Thresholds(2, MAX, MAX, new RetryLimit.Budget(500_000, 0)), Thresholds.NONE));
    c.begin(0);
    c.begin(0);
    for (int i = 0; i < 6; i++) {
      c.limits.queue(c.host(0));
    }

    assertThat(c.limits.waiting()).isEqualTo(6);
    assertThat(c.limits.maxRetries()).isEqualTo(4);
  }

  @Test
  void priorityDecidesWhichBoundsHold() {
    Case c =
        new Case(
            new CircuitBreakers(
                Thresholds.NONE, new Thresholds(MAX, MAX, 1, new RetryLimit.Count(1))));
    Limits high = Limits.of(c.cluster, RoutingPriority.HIGH);

    assertThat(high.tryBegin(c.host(0))).isEqualTo(ADMITTED);
    assertThat(high.tryBegin(c.host(0))).isEqualTo(OVERFLOW_REQUESTS);

    assertThat(c.begin(0)).isEqualTo(ADMITTED);
    assertThat(c.begin(0)).isEqualTo(ADMITTED);
    // What a host has in flight concerns the choice of hosts, whatever the priority.
    assertThat(c.host(0).active()).isEqualTo(3);
  }

  private static CircuitBreakers budget(int perMillion, int minConcurrency) {
    return new CircuitBreakers(
        new Thresholds(MAX, MAX, MAX, new RetryLimit.Budget(perMillion, minConcurrency)),
        Thresholds.NONE);
  }

  @Test
  void onlyOverflowsAreOverflows() {
    for (Admission admission : Admission.values()) {
      assertThat(admission.overflow()).isEqualTo(admission.name().startsWith("OVERFLOW"));
      assertThat(admission.admitted()).isEqualTo(admission == ADMITTED || admission == CONNECTING);
    }
  }

  private static final class Case {
    final ClusterState cluster;
    final Limits limits;

    Case(int connections, int pending, int requests, int retries) {
      this(CircuitBreakers.of(connections, pending, requests, retries));
    }

    Case(CircuitBreakers breakers) {
      cluster = Clusters.roundRobin().hosts(2).breakers(breakers).state();
      limits = Limits.of(cluster, RoutingPriority.DEFAULT);
    }

    void update(int connections, int pending, int requests, int retries) {
      cluster.update(
          Clusters.roundRobin()
              .hosts(2)
              .breakers(CircuitBreakers.of(connections, pending, requests, retries))
              .config());
    }

    HostState host(int index) {
      return cluster.hosts().get(index);
    }

    Admission begin(int host) {
      return limits.tryBegin(host(host));
    }

    String counts() {
      return "requests " + limits.requests() + " pending " + limits.pending();
    }
  }
}
