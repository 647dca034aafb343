package io.librarymesh.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.librarymesh.Mesh;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.outcome.TransportFailure;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * What a call may cost: bytes exactly, time only as a ratio of two rows of the same run, with room
 * for a busy machine. The figures themselves are measured by {@link EngineBenchmark}.
 */
class EngineCostTest {
  private static final int CALLS = 100_000;
  private static final int WARM_UP = 60_000;
  private static final int EJECTION_BYTES = 800;
  private static final int BYTES_PER_HOST = 5;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The object of the call, and nothing else. */
  @Test
  void callThatGoesStraightThroughAllocates48Bytes() {
    Pass pass = new Pass(100, 100, 10);
    assertThat(bytesPerCall(pass::straight)).isLessThanOrEqualTo(48);
  }

  @Test
  void retryAllocatesAtMost600Bytes() {
    Pass pass = new Pass(100, 100, 10);
    // Among many that are not: a fifth of the calls to a subset, which takes its calls by chance.
    assertThat(bytesPerCall(pass::oneOfTwentyRetried)).isLessThanOrEqualTo(600 + 19 * 48);
  }

  @Test
  void abortAllocatesAtMost600Bytes() {
    Mesh mesh = Fixture.aborting(100, 100);
    mesh.warm("service-0", 80);
    Head head = new Head("service-0:80", "/api/v1/resource-99/item?id=1");
    IntConsumer aborted =
        i -> Pass.expect(Step.Kind.REPLY, mesh.call("service-0", 80, head).start());
    assertThat(bytesPerCall(aborted)).isLessThanOrEqualTo(600);
  }

  /** The view of the hosts is made anew, so that picks need not look at who is out. */
  @Test
  void ejectionAllocatesInProportionToTheHosts() {
    assertThat(bytesPerEjection(100)).isLessThanOrEqualTo(EJECTION_BYTES + 100 * BYTES_PER_HOST);
    assertThat(bytesPerEjection(1000)).isLessThanOrEqualTo(EJECTION_BYTES + 1000 * BYTES_PER_HOST);
  }

  private static long bytesPerEjection(int hosts) {
    Ejecting ejecting = new Ejecting(hosts);
    // Each ejection is followed by a return, which costs as much.
    return bytesPerCall(i -> ejecting.ejectAndReturn(), 2_000) / 2;
  }

  @Test
  void bytesDoNotGrowWithRoutesOrEndpoints() {
    assertThat(bytesPerCall(new Pass(1000, 1000, 1)::straight)).isLessThanOrEqualTo(48);
  }

  @Test
  void timeDoesNotGrowWithRoutes() {
    Pass few = new Pass(100, 100, 1);
    Pass many = new Pass(1000, 100, 1);
    assertThat(bestRatio(many::straight, few::straight)).isLessThan(1.5);
  }

  @Test
  void timeDoesNotGrowWithServicesThatAreNotCalled() {
    Pass few = new Pass(10, 10, 10);
    Pass many = new Pass(10, 10, 10);
    for (int i = 0; i < 10_000; i++) {
      many.mesh.warm("other-" + i, 80);
    }
    assertThat(bestRatio(many::straight, few::straight)).isLessThan(1.5);
  }

  private static long bytesPerCall(IntConsumer call) {
    run(call, WARM_UP);
    return bytesPerCall(call, CALLS);
  }

  private static long bytesPerCall(IntConsumer call, int calls) {
    run(call, calls);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    run(call, calls);
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
  }

  /** The least of several ratios, each of two runs that follow each other. */
  private static double bestRatio(IntConsumer measured, IntConsumer base) {
    run(measured, WARM_UP);
    run(base, WARM_UP);
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 15; i++) {
      double ratio = (double) nanos(measured) / nanos(base);
      best = Math.min(best, ratio);
    }
    return best;
  }

  private static long nanos(IntConsumer call) {
    long start = System.nanoTime();
    run(call, CALLS / 5);
    return System.nanoTime() - start;
  }

  private static void run(IntConsumer call, int times) {
    for (int i = 0; i < times; i++) {
      call.accept(i);
    }
  }

  /** Calls to some services of one shape, each in turn. */
  private static final class Pass {
    private final Mesh mesh;
    private final String[] hosts;
    private final Head[] heads;

    Pass(int routes, int endpoints, int services) {
      mesh = Fixture.mesh(routes, endpoints);
      hosts = new String[services];
      heads = new Head[services];
      for (int i = 0; i < services; i++) {
        hosts[i] = "service-" + i;
        heads[i] = new Head(hosts[i] + ":80", "/api/v1/resource-" + (routes - 1) + "/item?id=1");
        mesh.warm(hosts[i], 80);
      }
    }

    void straight(int number) {
      int i = number % hosts.length;
      MeshCall call = mesh.call(hosts[i], 80, heads[i]);
      deliver(call, call.start(), heads[i]);
    }

    void oneOfTwentyRetried(int number) {
      for (int i = 0; i < 19; i++) {
        straight(number);
      }
      retried(number);
    }

    private void retried(int number) {
      int i = number % hosts.length;
      MeshCall call = mesh.call(hosts[i], 80, heads[i]);
      expect(Step.Kind.SEND, call.start());
      Step step = call.onFailure(TransportFailure.CONNECT_FAILURE, false, "");
      if (step.kind() == Step.Kind.WAIT) {
        step = call.proceed();
      }
      deliver(call, step, heads[i]);
    }

    private static void deliver(MeshCall call, Step step, Head head) {
      expect(Step.Kind.SEND, step);
      assertThatBounded(call);
      call.onConnected();
      expect(Step.Kind.DELIVER, call.onResponse(head));
      call.onBodyEnd();
    }

    private static void assertThatBounded(MeshCall call) {
      if (call.attemptTimeoutNanos() <= 0) {
        throw new AssertionError("no time left");
      }
    }

    private static void expect(Step.Kind expected, Step step) {
      if (step.kind() != expected) {
        throw new AssertionError(step + " (expected: " + expected + ")");
      }
    }
  }
}
