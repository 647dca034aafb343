package io.librarymesh.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the mesh may add to a call of OkHttp: bytes exactly, time only as the best of several
 * ratios, with room for a busy machine. The figures themselves are measured by {@link
 * OkHttpComparison}.
 */
class OkHttpCostTest {
  private static final int WARM_UP = 10_000;
  private static final int CALLS = 2_000;
  private static final int ROUNDS = 9;
  private static final int ADDED_BYTES = 2_700;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final OkHttpBenchmark clients = new OkHttpBenchmark();

  @BeforeEach
  void start() throws IOException {
    clients.setUp();
    run(clients::raw, WARM_UP);
    run(clients::mesh, WARM_UP);
  }

  @AfterEach
  void stop() throws InterruptedException {
    clients.tearDown();
  }

  @Test
  void meshAddsFewBytesToACall() throws IOException {
    long added = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      added = Math.min(added, bytes(clients::mesh) - bytes(clients::raw));
    }
    assertThat(added).isLessThanOrEqualTo(ADDED_BYTES);
  }

  @Test
  void meshAddsLittleTimeToACall() throws IOException {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      best = Math.min(best, (double) nanos(clients::mesh) / nanos(clients::raw));
    }
    assertThat(best).isLessThan(1.4);
  }

  private static long bytes(Call call) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    run(call, CALLS);
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
  }

  private static long nanos(Call call) throws IOException {
    long start = System.nanoTime();
    run(call, CALLS);
    return System.nanoTime() - start;
  }

  private static void run(Call call, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      call.run();
    }
  }

  private interface Call {
    long run() throws IOException;
  }
}
