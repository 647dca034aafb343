package io.librarymesh.benchmarks;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The rows that every run of {@link EngineBenchmark} is read beside: nothing at all, what an
 * application assembles from Resilience4j by hand, and the least code that could do the engine's
 * work. When the sketch moves, the machine moved.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReferenceBenchmark {
  private final Integer answer = 42;
  private final Supplier<Integer> chain = chain(this::answer);
  private final Sketch sketch = new Sketch(100, 100);

  private Integer answer() {
    return answer;
  }

  private static Supplier<Integer> chain(Supplier<Integer> target) {
    Supplier<Integer> guarded =
        CircuitBreaker.decorateSupplier(CircuitBreaker.ofDefaults("reference"), target);
    Supplier<Integer> repeated = Retry.decorateSupplier(Retry.ofDefaults("reference"), guarded);
    return Bulkhead.decorateSupplier(Bulkhead.ofDefaults("reference"), repeated);
  }

  @Benchmark
  public Integer noOp() {
    return answer();
  }

  /** Circuit breaker, retry and bulkhead: no routing, no split, no load balancing, no faults. */
  @Benchmark
  public Integer resilience4jChain() {
    return chain.get();
  }

  @Benchmark
  @Threads(2)
  public Integer resilience4jChainOfTwoThreads() {
    return chain.get();
  }

  @Benchmark
  public int sketch() {
    return sketch.call("service-1", "/api/v1/resource-99/item?id=1");
  }

  @Benchmark
  @Threads(2)
  public int sketchOfTwoThreads() {
    return sketch.call("service-1", "/api/v1/resource-99/item?id=1");
  }
}
