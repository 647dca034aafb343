package io.librarymesh.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.time.Scheduler.Cancellable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SystemTimeTest {
  private static final long MILLI = 1_000_000;

  private final Scheduler scheduler = Scheduler.system();

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aTaskRunsAfterItsDelayAndNotBefore() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    long start = System.nanoTime();
    scheduler.schedule(ran::countDown, 30 * MILLI);
    await(ran);

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30 * MILLI);
  }

  @Test
  void tasksWithoutADelayRunOnAnotherThread() throws Exception {
    CountDownLatch ran = new CountDownLatch(2);
    Thread caller = Thread.currentThread();
    Runnable task =
        () -> {
          if (Thread.currentThread() != caller) {
            ran.countDown();
          }
        };
    scheduler.schedule(task, 0);
    scheduler.schedule(task, -1);
    await(ran);
  }

  @Test
  void anEarlierTaskIsNotHeldUpByALaterOne() throws Exception {
    Cancellable hour = scheduler.schedule(() -> {}, TimeUnit.HOURS.toNanos(1));
    CountDownLatch ran = new CountDownLatch(1);
    scheduler.schedule(ran::countDown, 5 * MILLI);
    await(ran);
    hour.cancel();
  }

  @Test
  void aDelayWithoutEndIsNone() {
    Cancellable never = scheduler.schedule(() -> {}, Long.MAX_VALUE);
    never.cancel();
  }

  @Test
  void noneOfManyTasksOfManyThreadsIsLost() throws Exception {
    int threads = 4;
    int tasks = 5_000;
    CountDownLatch ran = new CountDownLatch(threads * tasks);
    AtomicInteger cancelled = new AtomicInteger();
    for (int t = 0; t < threads; t++) {
      int seed = t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < tasks; i++) {
                  scheduler.schedule(ran::countDown, (i * 31L + seed) % 20 * MILLI / 4);
                  scheduler.schedule(cancelled::incrementAndGet, 3_600_000 * MILLI).cancel();
                }
              });
      thread.start();
    }
    await(ran);

    assertThat(cancelled).hasValue(0);
  }
}
