package io.librarymesh.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import io.librarymesh.pick.HostState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitsConcurrencyTest {
  private static final int MAX = CircuitBreakers.UNLIMITED;
  private static final int THREADS = 6;
  private static final int CALLS = 4_000;

  private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);
  private ClusterState cluster = Clusters.roundRobin().state();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private final AtomicInteger admitted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void maxRequestsIsNeverExceededAndEveryPlaceComesBack() throws Exception {
    Limits limits = limits(1, MAX, MAX, 3);
    HostState host = host(0);

    inThreads(
        random -> {
          Admission admission = limits.tryBegin(host);
          if (admission.admitted()) {
            work(random);
            limits.end(host, admission, true);
          } else {
            refused.incrementAndGet();
          }
        });

    assertThat(mostInFlight.get()).isBetween(1, 3);
    assertThat(admitted.get() + refused.get()).isEqualTo(THREADS * CALLS);
    assertEmpty(limits);
    // Nothing has leaked: exactly three fit.
    for (int i = 0; i < 3; i++) {
      assertThat(limits.tryBegin(host)).isEqualTo(Admission.ADMITTED);
    }
    assertThat(limits.tryBegin(host)).isEqualTo(Admission.OVERFLOW_REQUESTS);
  }

  @Test
  void boundsOnPendingAndRequestsHoldTogether() throws Exception {
    Limits limits = limits(2, MAX, 1, 2);
    AtomicInteger connecting = new AtomicInteger();
    AtomicInteger mostConnecting = new AtomicInteger();

    inThreads(
        random -> {
          HostState host = host(random.nextInt(2));
          Admission admission = limits.tryBegin(host);
          if (!admission.admitted()) {
            refused.incrementAndGet();
            return;
          }
          if (admission == Admission.CONNECTING) {
            mostConnecting.accumulateAndGet(connecting.incrementAndGet(), Math::max);
            connecting.decrementAndGet();
          }
          if (random.nextInt(4) > 0) {
            admission = limits.connected(admission);
          }
          work(random);
          limits.end(host, admission, random.nextInt(8) > 0);
        });

    assertThat(mostInFlight.get()).isBetween(1, 2);
    assertThat(mostConnecting.get()).isLessThanOrEqualTo(1);
    assertThat(admitted.get() + refused.get()).isEqualTo(THREADS * CALLS);
    assertEmpty(limits);
  }

  @Test
  void everybodyWhoQueuesIsServedAndNobodyIsForgotten() throws Exception {
    Limits limits = limits(1, 2, MAX, MAX);
    HostState host = host(0);
    AtomicInteger waited = new AtomicInteger();

    inThreads(random -> attemptThatQueues(limits, host, random, waited));

    assertThat(admitted.get()).isEqualTo(THREADS * CALLS);
    assertThat(mostInFlight.get()).isBetween(1, 2);
    assertThat(waited.get()).as("attempts that had to wait").isPositive();
    assertEmpty(limits);
  }

  @Test
  void aQueueOfBoundedLengthRefusesTheRestAndLosesNothing() throws Exception {
    Limits limits = limits(1, 1, 2, MAX);
    HostState host = host(0);
    AtomicInteger waited = new AtomicInteger();

    inThreads(random -> attemptThatQueues(limits, host, random, waited));

    assertThat(admitted.get() + refused.get()).isEqualTo(THREADS * CALLS);
    assertThat(mostInFlight.get()).isBetween(1, 1);
    assertEmpty(limits);
    assertThat(limits.tryBegin(host).admitted()).isTrue();
    assertThat(limits.tryBegin(host)).isEqualTo(Admission.QUEUED);
  }

  @Test
  void giversUpReturnWhatTheyWereHanded() throws Exception {
    Limits limits = limits(1, 1, 3, MAX);
    HostState host = host(0);
    AtomicInteger abandoned = new AtomicInteger();

    inThreads(
        random -> {
          Admission admission = limits.tryBegin(host);
          if (admission == Admission.QUEUED) {
            PendingAttempt attempt = limits.queue(host);
            if (random.nextBoolean()) {
              // In a race with its turn: whichever comes first, the place must come back.
              attempt.abandon();
              abandoned.incrementAndGet();
              return;
            }
            admission = await(attempt);
          }
          if (admission.admitted()) {
            work(random);
            limits.end(host, admission, random.nextBoolean());
          }
        });

    assertThat(abandoned.get()).as("attempts given up").isPositive();
    assertThat(mostInFlight.get()).isBetween(1, 1);
    assertEmpty(limits);
    assertThat(limits.tryBegin(host).admitted()).isTrue();
  }

  @Test
  void perHostAtLeastOneAndInAllAtMostTheBound() throws Exception {
    Limits limits = limits(3, 1, MAX, MAX);
    AtomicInteger[] perHost = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    AtomicInteger mostOnOneHost = new AtomicInteger();
    AtomicInteger waited = new AtomicInteger();

    inThreads(
        random -> {
          int index = random.nextInt(3);
          HostState host = host(index);
          Admission admission = limits.tryBegin(host);
          if (admission == Admission.QUEUED) {
            waited.incrementAndGet();
            admission = await(limits.queue(host));
          }
          mostOnOneHost.accumulateAndGet(perHost[index].incrementAndGet(), Math::max);
          work(random);
          perHost[index].decrementAndGet();
          limits.end(host, admission, true);
        });

    // With a bound of one, a host never has a second attempt while another host has one; and each
    // host may always have its first.
    assertThat(mostOnOneHost.get()).isEqualTo(1);
    assertThat(mostInFlight.get()).isBetween(1, 3);
    assertThat(waited.get()).isPositive();
    assertEmpty(limits);
  }

  @Test
  void maxRetriesIsNeverExceeded() throws Exception {
    Limits limits = limits(1, MAX, MAX, MAX);

    inThreads(
        random -> {
          if (limits.tryBeginRetry()) {
            work(random);
            limits.endRetry();
          } else {
            refused.incrementAndGet();
          }
        });

    assertThat(mostInFlight.get()).isBetween(1, 3);
    assertThat(admitted.get() + refused.get()).isEqualTo(THREADS * CALLS);
    assertThat(limits.retries()).isZero();
  }

  private void attemptThatQueues(
      Limits limits, HostState host, SplittableRandom random, AtomicInteger waited)
      throws InterruptedException {
    Admission admission = limits.tryBegin(host);
    if (admission == Admission.QUEUED) {
      waited.incrementAndGet();
      admission = await(limits.queue(host));
    }
    if (admission.admitted()) {
      work(random);
      limits.end(host, admission, random.nextBoolean());
    } else {
      refused.incrementAndGet();
    }
  }

  private static Admission await(PendingAttempt attempt) throws InterruptedException {
    if (attempt.admission() == Admission.QUEUED) {
      CountDownLatch turn = new CountDownLatch(1);
      attempt.signal().subscribe(turn::countDown);
      assertThat(turn.await(60, TimeUnit.SECONDS)).as("the turn came").isTrue();
    }
    assertThat(attempt.admission()).isNotEqualTo(Admission.QUEUED);
    return attempt.admission();
  }

  private void work(SplittableRandom random) {
    mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    admitted.incrementAndGet();
    if (random.nextInt(4) == 0) {
      // Lets go of the processor, so that others find the place taken.
      LockSupport.parkNanos(1_000);
    }
    inFlight.decrementAndGet();
  }

  private interface Work {
    void run(SplittableRandom random) throws Exception;
  }

  private void inThreads(Work work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      SplittableRandom random = new SplittableRandom(51 + t);
      running.add(
          executor.submit(
              () -> {
                start.await(60, TimeUnit.SECONDS);
                for (int i = 0; i < CALLS; i++) {
                  work.run(random);
                }
                return null;
              }));
    }
    for (Future<?> future : running) {
      future.get(120, TimeUnit.SECONDS);
    }
  }

  private void assertEmpty(Limits limits) {
    assertThat(limits.requests()).isZero();
    assertThat(limits.pending()).isZero();
    assertThat(cluster.hosts()).allMatch(host -> host.active() == 0);
  }

  private Limits limits(int hosts, int connections, int pending, int requests) {
    cluster =
        Clusters.roundRobin()
            .hosts(hosts)
            .breakers(CircuitBreakers.of(connections, pending, requests, 3))
            .state();
    return Limits.of(cluster, RoutingPriority.DEFAULT);
  }

  private HostState host(int index) {
    return cluster.hosts().get(index);
  }
}
