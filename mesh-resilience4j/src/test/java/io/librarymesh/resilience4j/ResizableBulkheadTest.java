package io.librarymesh.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Bulkhead;
import io.librarymesh.guard.BulkheadPermits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A bulkhead counts exactly, whatever its bound was before. */
final class ResizableBulkheadTest {
  private static BulkheadPermits bulkhead(int maxConcurrentCalls) {
    return new Resilience4jPermits().bulkhead("test", new Bulkhead(maxConcurrentCalls, 0));
  }

  /** Counts in as many as there is room for. */
  private static int fill(BulkheadPermits permits) {
    int entered = 0;
    while (permits.tryAcquire()) {
      entered++;
    }
    return entered;
  }

  private static void release(BulkheadPermits permits, int times) {
    for (int i = 0; i < times; i++) {
      permits.release();
    }
  }

  @Test
  void callThatEndsMakesRoom() {
    BulkheadPermits permits = bulkhead(2);
    assertThat(fill(permits)).isEqualTo(2);

    permits.release();
    assertThat(fill(permits)).isEqualTo(1);
  }

  @Test
  void smallerBoundHoldsAtOnceWhenItIsEmpty() {
    BulkheadPermits permits = bulkhead(5);
    permits.resize(2);
    assertThat(fill(permits)).isEqualTo(2);
  }

  @Test
  void smallerBoundWaitsForCallsThatRun() {
    BulkheadPermits permits = bulkhead(5);
    assertThat(fill(permits)).isEqualTo(5);

    permits.resize(2);
    release(permits, 3);
    assertThat(fill(permits)).isZero();
    permits.release();
    assertThat(fill(permits)).isEqualTo(1);
  }

  @Test
  void largerBoundMakesRoomAtOnce() {
    BulkheadPermits permits = bulkhead(2);
    assertThat(fill(permits)).isEqualTo(2);

    permits.resize(5);
    assertThat(fill(permits)).isEqualTo(3);
  }

  @Test
  void boundThatGoesDownAndUpAgainCountsEveryCall() {
    BulkheadPermits permits = bulkhead(6);
    assertThat(fill(permits)).isEqualTo(6);

    permits.resize(1);
    permits.resize(4);
    release(permits, 2);
    assertThat(fill(permits)).isZero();
    permits.resize(8);
    assertThat(fill(permits)).isEqualTo(4);
    release(permits, 8);
    permits.resize(3);
    assertThat(fill(permits)).isEqualTo(3);
  }

  @Test
  void nothingIsLostWhileThreadsCallAndTheBoundChanges() throws Exception {
    BulkheadPermits permits = bulkhead(4);
    int threads = 4;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CountDownLatch started = new CountDownLatch(threads);
    List<Future<?>> calls = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      calls.add(
          executor.submit(
              () -> {
                started.countDown();
                for (int call = 0; call < 20_000; call++) {
                  if (permits.tryAcquire()) {
                    permits.release();
                  }
                }
              }));
    }
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 2_000; i++) {
      permits.resize(1 + i % 7);
    }
    permits.resize(3);
    for (Future<?> call : calls) {
      call.get(60, TimeUnit.SECONDS);
    }
    executor.shutdown();

    assertThat(fill(permits)).isEqualTo(3);
  }
}
