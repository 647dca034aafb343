package io.librarymesh.benchmarks;

import io.librarymesh.Mesh;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One pass of the engine without any I/O: find the target, match among the routes, draw the fault,
 * split, pick, count, judge the outcome, and give everything back.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {
  private static final int SERVICES = 1000;

  /**
   * Services that the calls are spread over: 1 and 10 stay in the processor's caches, 1000 do not.
   */
  @Param({"1", "10", "1000"})
  public int services;

  @Param({"1", "10", "100", "1000"})
  public int routes;

  @Param({"100"})
  public int endpoints;

  private Mesh mesh = Fixture.mesh(1, 1);
  private String[] hosts = {};
  private Head[] heads = {};

  /** Where a thread is in its round of services. */
  @State(Scope.Thread)
  public static class Position {
    int next;
  }

  @Setup
  public void setUp() {
    mesh = Fixture.mesh(routes, endpoints);
    hosts = new String[services];
    heads = new Head[services];
    int spread = Math.max(1, SERVICES / services);
    for (int i = 0; i < services; i++) {
      hosts[i] = "service-" + i * spread;
      heads[i] = new Head(hosts[i] + ":80", "/api/v1/resource-" + (routes - 1) + "/item?id=1");
      mesh.warm(hosts[i], 80);
    }
  }

  @Benchmark
  public Step pass(Position position) {
    int i = position.next;
    position.next = i + 1 == services ? 0 : i + 1;
    MeshCall call = mesh.call(hosts[i], 80, heads[i]);
    Step step = call.start();
    if (step.kind() != Step.Kind.SEND || call.attemptTimeoutNanos() <= 0) {
      throw new IllegalStateException("step: " + step + " (expected: Send)");
    }
    call.onConnected();
    step = call.onResponse(heads[i]);
    call.onBodyEnd();
    return step;
  }

  @Benchmark
  @Threads(2)
  public Step passOfTwoThreads(Position position) {
    return pass(position);
  }
}
