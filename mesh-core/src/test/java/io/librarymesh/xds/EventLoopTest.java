package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopTest {
  private final VirtualTime time = new VirtualTime();
  private final EventLoop loop = new EventLoop(time, time, time);
  private final List<String> done = new ArrayList<>();

  @Test
  void tasksRunInOrderAndTheTurnEndsOnce() {
    loop.afterEachTurn(() -> done.add("turn"));
    loop.execute(() -> done.add("1"));
    loop.execute(
        () -> {
          done.add("2");
          loop.execute(() -> done.add("4"));
        });
    loop.execute(() -> done.add("3"));
    assertThat(done).isEmpty();
    time.run();
    assertThat(done).containsExactly("1", "2", "3", "4", "turn");
  }

  @Test
  void longQueueIsDoneInSeveralTurns() {
    loop.afterEachTurn(() -> done.add("turn"));
    for (int i = 0; i < 100; i++) {
      loop.execute(() -> done.add("task"));
    }
    time.run();
    assertThat(done).hasSize(102).last().isEqualTo("turn");
    assertThat(done.get(64)).isEqualTo("turn");
  }

  @Test
  void taskThatFailsDoesNotStopTheOthers() {
    FakeControlPlane.quiet();
    loop.execute(
        () -> {
          throw new IllegalStateException("a fault");
        });
    loop.execute(() -> done.add("after"));
    time.run();
    assertThat(done).containsExactly("after");
  }

  @Test
  void cancelledTimerDoesNotRunEvenWhenItWasDue() {
    Cancellable[] timer = new Cancellable[1];
    loop.execute(
        () -> {
          timer[0] = loop.schedule(() -> done.add("timer"), 10);
          loop.schedule(() -> done.add("other"), 10);
        });
    time.run();
    // Both are due; the first task of the turn cancels the one behind it.
    loop.execute(() -> timer[0].cancel());
    time.pass(java.time.Duration.ofNanos(10));
    assertThat(done).containsExactly("other");
    assertThat(time.timers()).isZero();
  }

  @Test
  void tasksOfManyThreadsNeverOverlapAndNoneIsLost() throws InterruptedException {
    ExecutorService worker = Executors.newFixedThreadPool(4);
    ExecutorService givers = Executors.newFixedThreadPool(4);
    int[] count = new int[1]; // unguarded on purpose
    CountDownLatch left = new CountDownLatch(40_000);
    EventLoop shared = new EventLoop(worker, Scheduler.system(), Ticker.system());
    for (int giver = 0; giver < 4; giver++) {
      givers.execute(
          () -> {
            for (int i = 0; i < 10_000; i++) {
              shared.execute(
                  () -> {
                    count[0]++;
                    left.countDown();
                  });
            }
          });
    }
    assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(count[0]).isEqualTo(40_000);
    givers.shutdownNow();
    worker.shutdownNow();
  }
}
