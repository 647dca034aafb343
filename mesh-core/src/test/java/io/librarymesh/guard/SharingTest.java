package io.librarymesh.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Body;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.guard.GuardDecision.Answer;
import io.librarymesh.guard.GuardDecision.Pass;
import io.librarymesh.guard.GuardDecision.Wait;
import io.librarymesh.route.HeaderLookup;
import io.librarymesh.route.TestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What calls have in common: flights that they lead and follow, and answers that are kept. */
final class SharingTest {
  private static final long MS = 1_000_000L;
  private static final HeaderLookup PLAIN = name -> null;
  private static final HeaderLookup COOKIE = Map.of("set-cookie", "a=b")::get;
  private static final Coalesce COALESCE = new Coalesce(List.of(), 10, 100 * MS);
  private static final LastGoodResponse KEEP = new LastGoodResponse(List.of(), 1000 * MS, 10, 20);

  private final CountingPermits permits = new CountingPermits();
  private final Guard guard = guard(COALESCE, KEEP, RateLimit.NONE);

  private Guard guard(Coalesce coalesce, LastGoodResponse keep, RateLimit rate) {
    Fallback fallback = new Fallback(Set.of(FailureCondition.FIVE_XX), Set.of(), "", keep, null);
    return new Guard(
        "p r",
        new ResiliencePolicy.Rule(
            "r", List.of(), coalesce, rate, Bulkhead.NONE, AdaptiveConcurrency.NONE, fallback),
        permits,
        () -> 0,
        (bound, draw) -> 0);
  }

  private GuardedCall call(String path) {
    return guard.call(TestRequest.get(path), "");
  }

  private GuardedCall leader(String path) {
    GuardedCall call = call(path);
    assertThat(call.enter(0)).isEqualTo(Pass.INSTANCE);
    return call;
  }

  private GuardedCall follower(String path) {
    GuardedCall call = call(path);
    assertThat(call.enter(0)).isInstanceOf(Wait.class);
    return call;
  }

  private static StoredResponse response(int bytes) {
    return new StoredResponse(200, Map.of(), Body.ofText("x".repeat(bytes)));
  }

  @Test
  void followersGetTheAnswerAndItsFlags() {
    GuardedCall leader = leader("/");
    GuardedCall follower = follower("/");
    assertThat(leader.wantedBytes(200, PLAIN)).isEqualTo(20);
    leader.answered(response(3), false, 5, 0);

    assertThat(follower.proceed(MS)).isEqualTo(new Answer(response(3), 5));
    assertThat(guard.flights().size()).isZero();
  }

  @Test
  void waitEndsWithItsSignalAndIsBounded() {
    GuardedCall leader = leader("/");
    GuardedCall follower = call("/");
    Wait wait = (Wait) follower.enter(MS);
    assertThat(wait.nanos()).isEqualTo(100 * MS);
    assertThat(((Wait) follower.proceed(31 * MS)).nanos()).isEqualTo(70 * MS);

    leader.answered(response(0), false, 0, 0);
    assertThat(requireNonNull(wait.signal()).fired()).isTrue();
  }

  @Test
  void flightThatTakesTooLongIsJoinedByNobody() {
    GuardedCall slow = leader("/");
    GuardedCall follower = follower("/");
    assertThat(follower.proceed(100 * MS)).isEqualTo(Pass.INSTANCE);

    GuardedCall next = leader("/");
    slow.answered(response(0), false, 0, 0);
    slow.end(true, 0);
    assertThat(guard.flights().size()).isOne();
    next.end(true, 0);
    assertThat(guard.flights().size()).isZero();
  }

  @Test
  void answerThatIsNotForOthersLetsThemGoAtOnce() {
    GuardedCall leader = leader("/");
    GuardedCall follower = follower("/");
    assertThat(leader.wantedBytes(200, COOKIE)).isZero();

    assertThat(follower.proceed(0)).isEqualTo(Pass.INSTANCE);
    assertThat(leader.isAwaited()).isFalse();
  }

  @Test
  void statusThatIsNoneLetsThemGoAtOnce() {
    GuardedCall leader = leader("/");
    GuardedCall follower = follower("/");
    assertThat(leader.wantedBytes(600, PLAIN)).isZero();

    assertThat(follower.proceed(0)).isEqualTo(Pass.INSTANCE);
  }

  @Test
  void lengthThatIsToldDecidesBeforeTheBodyComes() {
    assertThat(leader("/").wantedBytes(200, Map.of("content-length", "11")::get)).isEqualTo(20);
    GuardedCall follower = call("/");
    assertThat(follower.enter(0)).as("nobody waits for it any more").isEqualTo(Pass.INSTANCE);
    assertThat(follower.wantedBytes(200, Map.of("content-length", "21")::get)).isZero();
  }

  @Test
  void bodyThatTurnsOutTooLargeLetsThemGo() {
    GuardedCall leader = leader("/");
    GuardedCall follower = follower("/");
    assertThat(leader.wantedBytes(200, PLAIN)).isEqualTo(20);
    leader.tooLarge();

    assertThat(follower.proceed(0)).isEqualTo(Pass.INSTANCE);
    assertThat(leader.fallback(503, Failure.NONE, false, 0))
        .isEqualTo(FallbackDecision.None.INSTANCE);
  }

  @Test
  void whenTheLeaderGoesAwayTheFirstThatAsksTakesItsPlace() {
    GuardedCall leader = leader("/");
    GuardedCall one = follower("/");
    GuardedCall two = follower("/");
    leader.end(true, 0);

    assertThat(one.proceed(MS)).isEqualTo(Pass.INSTANCE);
    assertThat(two.proceed(MS)).isInstanceOf(Wait.class);
    assertThat(one.wantedBytes(200, PLAIN)).isEqualTo(20);
    one.answered(response(1), false, 0, MS);
    assertThat(two.proceed(MS)).isEqualTo(new Answer(response(1), 0));
  }

  @Test
  void whoFollowsTakesNoPermit() {
    Guard limited = guard(COALESCE, LastGoodResponse.NONE, new RateLimit(1, 1000 * MS, 0));
    GuardedCall leader = limited.call(TestRequest.get("/"), "");
    assertThat(leader.enter(0)).isEqualTo(Pass.INSTANCE);
    GuardedCall follower = limited.call(TestRequest.get("/"), "");
    assertThat(follower.enter(0)).isInstanceOf(Wait.class);
    leader.end(true, 0);

    assertThat(follower.proceed(0)).isInstanceOf(GuardDecision.Refuse.class);
  }

  @Test
  void wholeGoodAnswerIsKept() {
    GuardedCall call = leader("/");
    assertThat(call.wantedBytes(200, PLAIN)).isEqualTo(20);
    call.answered(response(11), false, 0, 7 * MS);

    FallbackDecision instead = leader("/").fallback(503, Failure.NONE, false, 8 * MS);
    StoredResponse aged = new StoredResponse(200, Map.of("age", List.of("0")), response(11).body());
    assertThat(instead).isEqualTo(new FallbackDecision.Answer(aged, true));
  }

  @Test
  void statusesThatAreNotGoodAreNotKept() {
    for (int status : List.of(206, 301, 404, 500)) {
      GuardedCall call = call("/" + status);
      assertThat(call.enter(0)).isEqualTo(Pass.INSTANCE);
      assertThat(call.wantedBytes(status, PLAIN)).as("for followers").isEqualTo(10);
      call.answered(response(1), false, 0, 0);
    }
    assertThat(guard.lastGood().size()).isZero();
  }

  @Test
  void answerOfTheMeshIsNotKept() {
    GuardedCall call = leader("/");
    assertThat(call.wantedBytes(200, PLAIN)).isEqualTo(20);
    call.answered(response(1), true, 0, 0);

    assertThat(guard.lastGood().size()).isZero();
  }

  @Test
  void requestThatIsNotSafeSharesNothing() {
    GuardedCall one = guard.call(TestRequest.get("/").withMethod("POST"), "");
    GuardedCall two = guard.call(TestRequest.get("/").withMethod("POST"), "");

    assertThat(one.enter(0)).isEqualTo(Pass.INSTANCE);
    assertThat(two.enter(0)).isEqualTo(Pass.INSTANCE);
    assertThat(one.wantedBytes(200, PLAIN)).isZero();
  }

  @Test
  void everyThreadGetsAnAnswerAndNoFlightIsLeft() throws Exception {
    int threads = 4;
    int rounds = 2_000;
    AtomicInteger sent = new AtomicInteger();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Future<?>> runs = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      runs.add(
          executor.submit(
              () -> {
                for (int j = 0; j < rounds; j++) {
                  run("/" + j % 3, thread == 0 && j % 5 == 0, sent);
                }
                return null;
              }));
    }
    for (Future<?> run : runs) {
      run.get(60, TimeUnit.SECONDS);
    }
    executor.shutdown();

    assertThat(guard.flights().size()).isZero();
    assertThat(sent.get()).isPositive().isLessThanOrEqualTo(threads * rounds);
  }

  private void run(String path, boolean gone, AtomicInteger sent) throws InterruptedException {
    GuardedCall call = call(path);
    GuardDecision decision = call.enter(0);
    while (decision instanceof Wait wait) {
      CountDownLatch turn = new CountDownLatch(1);
      requireNonNull(wait.signal()).subscribe(turn::countDown);
      assertThat(turn.await(30, TimeUnit.SECONDS)).isTrue();
      decision = call.proceed(0);
    }
    if (decision instanceof Answer shared) {
      assertThat(shared.response().body().text()).isEqualTo(path);
      return;
    }
    sent.incrementAndGet();
    if (!gone) {
      assertThat(call.wantedBytes(200, PLAIN)).isEqualTo(20);
      call.answered(new StoredResponse(200, Map.of(), Body.ofText(path)), false, 0, 0);
    }
    call.end(true, 0);
  }
}
