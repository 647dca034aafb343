package io.librarymesh.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import io.librarymesh.pick.HostState;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads want the last place at the same moment, over and over: exactly one gets it. */
class LimitsRaceTest {
  private static final int MAX = CircuitBreakers.UNLIMITED;
  private static final int ROUNDS = 1_000;

  private final ExecutorService executor = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void theLastRequest() throws Exception {
    assertOneWins(CircuitBreakers.of(MAX, MAX, 1, MAX), Admission.ADMITTED);
  }

  @Test
  void theLastPendingRequest() throws Exception {
    assertOneWins(CircuitBreakers.of(MAX, 1, MAX, MAX), Admission.CONNECTING);
  }

  @Test
  void theLastRequestWhileEachMustConnect() throws Exception {
    assertOneWins(CircuitBreakers.of(MAX, 2, 1, MAX), Admission.CONNECTING);
  }

  @Test
  void theLastConnection() throws Exception {
    assertOneWins(CircuitBreakers.of(1, MAX, MAX, MAX), Admission.ADMITTED);
  }

  @Test
  void theLastRetry() throws Exception {
    Limits limits =
        Limits.of(cluster(CircuitBreakers.of(MAX, MAX, MAX, 1)), RoutingPriority.DEFAULT);

    assertThat(winners(limits::tryBeginRetry, limits::endRetry)).containsOnly(1);
    assertThat(limits.retries()).isZero();
  }

  private void assertOneWins(CircuitBreakers breakers, Admission admission) throws Exception {
    ClusterState cluster = cluster(breakers);
    HostState host = cluster.hosts().get(0);
    Limits limits = Limits.of(cluster, RoutingPriority.DEFAULT);

    int[] winners =
        winners(() -> limits.tryBegin(host) == admission, () -> limits.end(host, admission, false));

    assertThat(winners).containsOnly(1);
    assertThat(limits.requests()).isZero();
    assertThat(limits.pending()).isZero();
    assertThat(host.active()).isZero();
  }

  private static ClusterState cluster(CircuitBreakers breakers) {
    return Clusters.roundRobin().hosts(1).breakers(breakers).state();
  }

  /** How many of two won in each round; winners give back when both have been answered. */
  private int[] winners(BooleanSupplier ask, Runnable giveBack) throws Exception {
    AtomicInteger arrivals = new AtomicInteger();
    AtomicIntegerArray winners = new AtomicIntegerArray(ROUNDS);
    Callable<Boolean> contender =
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            meet(arrivals, 4 * round + 2);
            boolean won = ask.getAsBoolean();
            if (won) {
              winners.incrementAndGet(round);
            }
            meet(arrivals, 4 * round + 4);
            if (won) {
              giveBack.run();
            }
          }
          return true;
        };
    Future<Boolean> one = executor.submit(contender);
    Future<Boolean> other = executor.submit(contender);
    assertThat(one.get(120, TimeUnit.SECONDS)).isTrue();
    assertThat(other.get(120, TimeUnit.SECONDS)).isTrue();
    return IntStream.range(0, ROUNDS).map(winners::get).toArray();
  }

  /** Spins, so that both go on within nanoseconds; lets go when the other has no processor. */
  private static void meet(AtomicInteger arrivals, int expected) {
    arrivals.incrementAndGet();
    for (int spins = 0; arrivals.get() < expected; spins++) {
      if (spins > 2_000) {
        LockSupport.parkNanos(1_000);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
