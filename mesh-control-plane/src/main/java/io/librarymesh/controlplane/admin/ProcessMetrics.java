package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.metrics.Metrics;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;

/** Numbers about the process; the names that Prometheus clients have in common are theirs. */
public final class ProcessMetrics {

  private static final double MILLIS_PER_SECOND = 1000;
  private static final double NANOS_PER_SECOND = 1e9;

  private ProcessMetrics() {}

  /**
   * Names them.
   *
   * @param ready whether clients are served
   */
  public static void addTo(Metrics metrics, String version, BooleanSupplier ready) {
    metrics.gauge("pilot_info", "The version of this software.", "version").with(version).set(1);
    metrics.gauge(
        "librarymesh_ready", "1 while clients are served.", () -> ready.getAsBoolean() ? 1 : 0);
    metrics.gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970.",
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      metrics.counter(
          "process_cpu_seconds_total",
          "Seconds of processor time.",
          () -> system.getProcessCpuTime() / NANOS_PER_SECOND);
    }
    metrics.gauge(
        "jvm_memory_heap_used_bytes",
        "Bytes of the heap in use, garbage included.",
        () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    metrics.gauge(
        "jvm_memory_heap_max_bytes",
        "Bytes that the heap may grow to.",
        () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax());
    metrics.gauge(
        "jvm_threads_current",
        "Threads.",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
    metrics.counter(
        "jvm_gc_collections_total",
        "Garbage collections.",
        () -> collections(GarbageCollectorMXBean::getCollectionCount));
    metrics.counter(
        "jvm_gc_seconds_total",
        "Seconds in garbage collections.",
        () -> collections(GarbageCollectorMXBean::getCollectionTime) / MILLIS_PER_SECOND);
  }

  /** A collector that does not know says -1. */
  private static long collections(ToLongFunction<GarbageCollectorMXBean> number) {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(number)
        .filter(n -> n > 0)
        .sum();
  }
}
