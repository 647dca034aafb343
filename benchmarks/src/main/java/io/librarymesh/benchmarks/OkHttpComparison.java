package io.librarymesh.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/**
 * Raw OkHttp against OkHttp through the mesh, in turns of one process: what else the machine does
 * meets both alike, which it does not when each has a run of its own.
 *
 * <p>Prints medians over the rounds, and the ratio of the two with the interval that holds it in 95
 * of 100 resamplings of the rounds.
 */
public final class OkHttpComparison {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final int WARM_UP_CALLS = 20_000;
  private static final int RESAMPLINGS = 10_000;

  private OkHttpComparison() {}

  /**
   * Measures.
   *
   * @param args number of threads (1), of rounds (40), of calls of each kind in a round (2000)
   */
  public static void main(String[] args) throws Exception {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 40;
    int calls = args.length > 2 ? Integer.parseInt(args[2]) : 2_000;
    OkHttpBenchmark clients = new OkHttpBenchmark();
    clients.setUp();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Round> raw = new ArrayList<>();
      List<Round> mesh = new ArrayList<>();
      round(pool, threads, WARM_UP_CALLS, clients::raw);
      round(pool, threads, WARM_UP_CALLS, clients::mesh);
      for (int i = 0; i < rounds; i++) {
        // Each goes first as often as the other.
        boolean rawFirst = i % 2 == 0;
        (rawFirst ? raw : mesh)
            .add(round(pool, threads, calls, rawFirst ? clients::raw : clients::mesh));
        (rawFirst ? mesh : raw)
            .add(round(pool, threads, calls, rawFirst ? clients::mesh : clients::raw));
      }
      print(threads, raw, mesh);
    } finally {
      pool.shutdown();
      clients.tearDown();
    }
  }

  private static Round round(ExecutorService pool, int threads, int calls, Call call)
      throws InterruptedException, ExecutionException {
    int each = calls / threads;
    long cpu = MACHINE.getProcessCpuTime();
    long began = System.nanoTime();
    List<Future<Share>> shares =
        pool.invokeAll(Collections.nCopies(threads, (Callable<Share>) () -> share(each, call)));
    long nanos = System.nanoTime() - began;
    cpu = MACHINE.getProcessCpuTime() - cpu;
    long[] all = new long[each * threads];
    long bytes = 0;
    for (int i = 0; i < threads; i++) {
      Share share = shares.get(i).get();
      System.arraycopy(share.nanos, 0, all, i * each, each);
      bytes += share.bytes;
    }
    Arrays.sort(all);
    return new Round(
        all[all.length / 2] / 1e3,
        all[(int) (all.length * 0.99)] / 1e3,
        (double) cpu / all.length / 1e3,
        (double) bytes / all.length,
        all.length * 1e9 / nanos);
  }

  private static Share share(int calls, Call call) throws IOException {
    long[] nanos = new long[calls];
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < calls; i++) {
      long began = System.nanoTime();
      call.run();
      nanos[i] = System.nanoTime() - began;
    }
    return new Share(nanos, THREADS.getCurrentThreadAllocatedBytes() - bytes);
  }

  private static void print(int threads, List<Round> raw, List<Round> mesh) {
    System.out.printf("threads: %d, rounds: %d%n", threads, raw.size());
    row("p50, us", Round::p50, raw, mesh);
    row("p99, us", Round::p99, raw, mesh);
    row("CPU of the client, us per call", Round::cpu, raw, mesh);
    row("bytes per call", Round::bytes, raw, mesh);
    row("calls per second", Round::throughput, raw, mesh);
  }

  private static void row(
      String name, ToDoubleFunction<Round> figure, List<Round> raw, List<Round> mesh) {
    double[] base = raw.stream().mapToDouble(figure).toArray();
    double[] measured = mesh.stream().mapToDouble(figure).toArray();
    double[] ratios = new double[RESAMPLINGS];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < RESAMPLINGS; i++) {
      double[] bases = new double[base.length];
      double[] others = new double[base.length];
      for (int k = 0; k < base.length; k++) {
        int chosen = random.nextInt(base.length);
        bases[k] = base[chosen];
        others[k] = measured[chosen];
      }
      ratios[i] = median(others) / median(bases);
    }
    Arrays.sort(ratios);
    System.out.printf(
        Locale.ROOT,
        "%-32s raw %10.1f   mesh %10.1f   ratio %.3f (%.3f to %.3f)%n",
        name,
        median(base),
        median(measured),
        median(measured) / median(base),
        ratios[RESAMPLINGS / 40],
        ratios[RESAMPLINGS - RESAMPLINGS / 40 - 1]);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** One call, whichever way. */
  private interface Call {
    long run() throws IOException;
  }

  /** What one thread measured. */
  private static final class Share {
    final long[] nanos;
    final long bytes;

    Share(long[] nanos, long bytes) {
      this.nanos = nanos;
      this.bytes = bytes;
    }
  }

  /** The figures of one kind of call in one round. */
  private record Round(double p50, double p99, double cpu, double bytes, double throughput) {}
}
