package io.librarymesh.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.guard.GuardDecision.Limit;
import io.librarymesh.guard.GuardDecision.Pass;
import io.librarymesh.guard.GuardDecision.Refuse;
import io.librarymesh.guard.GuardDecision.Wait;
import io.librarymesh.route.TestRequest;
import io.librarymesh.time.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a call takes, waits for and gives back on its way through a guard. */
final class GuardedCallTest {
  private static final long MS = 1_000_000L;

  private final CountingPermits permits = new CountingPermits();

  private static ResiliencePolicy.Rule rule(RateLimit rate, Bulkhead bulkhead) {
    return new ResiliencePolicy.Rule(
        "r", List.of(), Coalesce.NONE, rate, bulkhead, AdaptiveConcurrency.NONE, Fallback.NONE);
  }

  private Guard guard(RateLimit rate, Bulkhead bulkhead) {
    return new Guard("p r", rule(rate, bulkhead), permits, () -> 0, (bound, draw) -> 0);
  }

  private Guard bulkhead(int maxConcurrentCalls, long maxWaitMillis) {
    return guard(RateLimit.NONE, new Bulkhead(maxConcurrentCalls, maxWaitMillis * MS));
  }

  private static GuardedCall entered(Guard guard) {
    GuardedCall call = guard.call(TestRequest.get("/"), "");
    assertThat(call.enter(0)).isEqualTo(Pass.INSTANCE);
    return call;
  }

  private static Signal signal(Wait wait) {
    return requireNonNull(wait.signal(), "signal");
  }

  @Test
  void ruleWithoutLimitsCountsNothing() {
    Guard guard = guard(RateLimit.NONE, Bulkhead.NONE);
    entered(guard);
    entered(guard);
    assertThat(permits.made).isEmpty();
  }

  @Test
  void refusalNamesPolicyRuleAndLimit() {
    Guard guard = guard(new RateLimit(1, 250 * MS, 0), Bulkhead.NONE);
    entered(guard);

    assertThat(guard.call(TestRequest.get("/"), "").enter(0))
        .isEqualTo(new Refuse(Limit.RATE_LIMIT, "policy p r: rateLimit 1 in 250 ms"));
  }

  @Test
  void waitForAnIntervalEndsWhenItsTimeHasPassed() {
    permits.wait = 70 * MS;
    Guard guard = guard(new RateLimit(1, 100 * MS, 100 * MS), Bulkhead.NONE);
    entered(guard);

    GuardedCall call = guard.call(TestRequest.get("/"), "");
    assertThat(call.enter(1000)).isEqualTo(new Wait(70 * MS, null));
    assertThat(call.proceed(1000 + 30 * MS)).isEqualTo(new Wait(40 * MS, null));
    assertThat(call.proceed(1000 + 70 * MS)).isEqualTo(Pass.INSTANCE);
  }

  @Test
  void bulkheadIsEnteredAfterTheWaitForAnInterval() {
    permits.wait = 70 * MS;
    Guard guard = guard(new RateLimit(1, 100 * MS, 100 * MS), new Bulkhead(1, 0));
    entered(guard);

    GuardedCall call = guard.call(TestRequest.get("/"), "");
    assertThat(call.enter(0)).isInstanceOf(Wait.class);
    assertThat(call.proceed(70 * MS))
        .isEqualTo(new Refuse(Limit.BULKHEAD, "policy p r: maxConcurrentCalls 1"));
  }

  @Test
  void placeIsGivenBackOnce() {
    Guard guard = bulkhead(1, 0);
    GuardedCall first = entered(guard);
    first.end(true, 0);
    first.end(true, 0);

    entered(guard);
    assertThat(guard.call(TestRequest.get("/"), "").enter(0)).isInstanceOf(Refuse.class);
  }

  @Test
  void callThatWasRefusedGivesNothingBack() {
    Guard guard = bulkhead(1, 0);
    entered(guard);
    GuardedCall refused = guard.call(TestRequest.get("/"), "");
    assertThat(refused.enter(0)).isInstanceOf(Refuse.class);
    refused.end(true, 0);

    assertThat(guard.call(TestRequest.get("/"), "").enter(0)).isInstanceOf(Refuse.class);
  }

  @Test
  void firstInTheLineGetsThePlaceAndItsSignal() {
    Guard guard = bulkhead(1, 50);
    GuardedCall running = entered(guard);
    GuardedCall first = guard.call(TestRequest.get("/"), "");
    GuardedCall second = guard.call(TestRequest.get("/"), "");
    Wait wait = (Wait) first.enter(0);
    Wait later = (Wait) second.enter(0);
    assertThat(wait.nanos()).isEqualTo(50 * MS);

    running.end(true, 0);
    assertThat(signal(wait).fired()).isTrue();
    assertThat(signal(later).fired()).isFalse();
    assertThat(first.proceed(10 * MS)).isEqualTo(Pass.INSTANCE);
    assertThat(second.proceed(10 * MS)).isEqualTo(new Wait(40 * MS, later.signal()));
    first.end(true, 0);
    assertThat(second.proceed(20 * MS)).isEqualTo(Pass.INSTANCE);
  }

  @Test
  void placeThatCameAtTheLastMomentIsTaken() {
    Guard guard = bulkhead(1, 50);
    GuardedCall running = entered(guard);
    GuardedCall late = guard.call(TestRequest.get("/"), "");
    assertThat(late.enter(0)).isInstanceOf(Wait.class);
    running.end(true, 0);

    assertThat(late.proceed(51 * MS)).isEqualTo(Pass.INSTANCE);
  }

  @Test
  void callThatIsCancelledAfterItWasLetInLeavesItsPlace() {
    Guard guard = bulkhead(1, 50);
    GuardedCall running = entered(guard);
    GuardedCall gone = guard.call(TestRequest.get("/"), "");
    assertThat(gone.enter(0)).isInstanceOf(Wait.class);
    running.end(true, 0);
    gone.end(true, 0);

    entered(guard);
  }

  @Test
  void newcomerDoesNotOvertakeTheLine() {
    Guard guard = bulkhead(2, 50);
    GuardedCall one = entered(guard);
    entered(guard);
    GuardedCall waiting = guard.call(TestRequest.get("/"), "");
    assertThat(waiting.enter(0)).isInstanceOf(Wait.class);

    one.end(true, 0);
    GuardedCall newcomer = guard.call(TestRequest.get("/"), "");
    assertThat(newcomer.enter(0)).isInstanceOf(Wait.class);
    assertThat(waiting.proceed(0)).isEqualTo(Pass.INSTANCE);
  }

  @Test
  void updateKeepsCallsThatRunAndBeginsAnotherRateLimitAnew() {
    Guard guard = guard(new RateLimit(1, 100 * MS, 0), new Bulkhead(3, 0));
    entered(guard);
    assertThat(guard.call(TestRequest.get("/"), "").enter(0)).isInstanceOf(Refuse.class);

    guard.update(rule(new RateLimit(2, 100 * MS, 0), new Bulkhead(2, 0)));
    entered(guard);
    assertThat(guard.call(TestRequest.get("/"), "").enter(0))
        .isEqualTo(new Refuse(Limit.BULKHEAD, "policy p r: maxConcurrentCalls 2"));
    assertThat(permits.made).containsExactly("rate p r 1", "bulkhead p r 3", "rate p r 2");
  }

  @Test
  void updateThatChangesNothingOfARateLimitKeepsIt() {
    Guard guard = guard(new RateLimit(1, 100 * MS, 0), Bulkhead.NONE);
    entered(guard);

    guard.update(rule(new RateLimit(1, 100 * MS, 0), new Bulkhead(1, 0)));
    assertThat(guard.call(TestRequest.get("/"), "").enter(0)).isInstanceOf(Refuse.class);
  }

  @Test
  void callThatDoesNotWaitCannotProceed() {
    GuardedCall call = entered(bulkhead(1, 0));
    assertThatThrownBy(() -> call.proceed(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void noPlaceIsLostBetweenThreadsThatWaitAndThreadsThatLeave() throws Exception {
    Guard guard = bulkhead(2, 60_000);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int threads = 4;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Future<?>> runs = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      runs.add(
          executor.submit(
              () -> {
                for (int j = 0; j < 3_000; j++) {
                  GuardedCall call = guard.call(TestRequest.get("/"), "");
                  pass(call);
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  inside.decrementAndGet();
                  call.end(true, 0);
                }
                return null;
              }));
    }
    for (Future<?> run : runs) {
      run.get(60, TimeUnit.SECONDS);
    }
    executor.shutdown();

    assertThat(most.get()).isLessThanOrEqualTo(2);
    entered(guard);
    entered(guard);
    assertThat(guard.call(TestRequest.get("/"), "").enter(0)).isInstanceOf(Wait.class);
  }

  private static void pass(GuardedCall call) throws InterruptedException {
    GuardDecision decision = call.enter(0);
    while (decision instanceof Wait wait) {
      CountDownLatch turn = new CountDownLatch(1);
      signal(wait).subscribe(turn::countDown);
      assertThat(turn.await(30, TimeUnit.SECONDS)).isTrue();
      decision = call.proceed(0);
    }
    assertThat(decision).isEqualTo(Pass.INSTANCE);
  }
}
