package io.librarymesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.time.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attempts that come to their ends at the same moment, each in the hands of a thread of its own:
 * the caller gets exactly one answer, and nothing is held afterwards.
 */
class HedgeRaceTest {
  private static final int ROUNDS = 1_000;

  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final CyclicBarrier start = new CyclicBarrier(3);
  private final HedgeMesh hedged = HedgeMesh.of(2);

  /** How attempts end. */
  enum Ends {
    GOOD,
    BAD,
    BROKEN,
    LATE;

    Step end(MeshCall call) {
      return switch (this) {
        case GOOD -> call.onResponse(new PlainAnswer(200));
        case BAD -> call.onResponse(new PlainAnswer(503));
        case BROKEN -> call.onFailure(TransportFailure.REMOTE_RESET, true, "");
        case LATE -> call.onTimeout();
      };
    }
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Ends.class)
  void threeAttemptsThatEndAlikeGiveOneAnswer(Ends how) throws Exception {
    race(how, how, how);
  }

  @Test
  void goodAnswersOfOthersReachTheCallerWhateverBecomesOfItsOwnAttempt() throws Exception {
    race(Ends.BAD, Ends.GOOD, Ends.BAD);
    race(Ends.BROKEN, Ends.BAD, Ends.GOOD);
    race(Ends.LATE, Ends.GOOD, Ends.GOOD);
  }

  @Test
  void callerMayGiveUpAtAnyMoment() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      MeshCall call = hedged.call();
      call.start();
      MeshCall second = beside(call);
      MeshCall third = beside(second);
      List<Future<?>> all = new ArrayList<>();
      all.add(begin(call::cancel));
      all.add(begin(() -> follow(second, Ends.GOOD.end(second))));
      all.add(begin(() -> follow(third, Ends.BROKEN.end(third))));
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(hedged.observer.calls()).hasSize(round + 1);
    }
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
  }

  @Test
  void attemptMayBeAnsweredWhileAnotherIsBegunBesideIt() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      MeshCall call = hedged.call();
      call.start();
      HedgedAttempt attempt = requireNonNull(call.hedged());
      Ends how = round % 2 == 0 ? Ends.GOOD : Ends.BAD;
      List<Future<?>> all = new ArrayList<>();
      all.add(begin(() -> lead(call, how.end(call))));
      all.add(begin(() -> hedge(attempt)));
      all.add(begin(() -> hedge(attempt)));
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(hedged.observer.calls()).hasSize(round + 1);
    }
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
  }

  private void race(Ends first, Ends second, Ends third) throws Exception {
    int before = hedged.observer.calls().size();
    for (int round = 0; round < ROUNDS; round++) {
      MeshCall call = hedged.call();
      call.start();
      MeshCall beside = beside(call);
      MeshCall last = beside(beside);
      List<Future<?>> all = new ArrayList<>();
      all.add(begin(() -> lead(call, first.end(call))));
      all.add(begin(() -> follow(beside, second.end(beside))));
      all.add(begin(() -> follow(last, third.end(last))));
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(hedged.observer.calls()).hasSize(before + round + 1);
      assertThat(hedged.observer.calls().get(before + round).attempts()).hasSize(3);
    }
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
  }

  /** Drives the call that its caller made to its end. */
  private static void lead(MeshCall call, Step reached) {
    Step step = reached;
    while (step.kind() == Step.Kind.WAIT || step.kind() == Step.Kind.SEND) {
      if (step instanceof Step.Wait wait) {
        await(requireNonNull(wait.signal()));
        step = call.proceed();
      } else {
        // A retry: the others have ended or will, and this one is as good as they are.
        step = call.onResponse(new PlainAnswer(200));
      }
    }
    if (step.kind() == Step.Kind.DELIVER) {
      call.onBodyEnd();
    }
  }

  private static void follow(MeshCall rival, Step reached) {
    Step step = reached;
    while (step.kind() == Step.Kind.WAIT || step.kind() == Step.Kind.SEND) {
      step = step.kind() == Step.Kind.WAIT ? rival.proceed() : Ends.BAD.end(rival);
    }
    assertThat(step.kind()).isIn(Step.Kind.DELIVER, Step.Kind.LEAVE);
  }

  private static void hedge(HedgedAttempt attempt) {
    MeshCall rival = attempt.hedge();
    if (rival != null) {
      follow(rival, rival.start());
    }
  }

  private static void await(Signal signal) {
    while (!signal.fired()) {
      Thread.onSpinWait();
    }
  }

  private MeshCall beside(MeshCall slow) {
    MeshCall rival = requireNonNull(requireNonNull(slow.hedged()).hedge());
    rival.start();
    return rival;
  }

  private Future<?> begin(Runnable task) {
    return threads.submit(
        () -> {
          try {
            start.await();
          } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
          }
          task.run();
        });
  }
}
