package io.librarymesh.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time that was used at one moment, in nanoseconds since some start.
 *
 * @param machine by everything on the machine; 0 where that cannot be read
 * @param server by the server
 * @param own by this process
 * @param clock what a monotonic clock says
 */
record MachineTime(long machine, long server, long own, long clock) {

  private static final OperatingSystemMXBean OWN =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final Path STAT = Path.of("/proc/stat");
  private static final long TICK_NANOS = 10_000_000;
  private static final int IDLE = 4;
  private static final int WAITING = 5;
  private static final int LAST = 8;

  static MachineTime now(ServerProcess server) throws IOException {
    return new MachineTime(
        machineNanos(), server.ask("cpu"), OWN.getProcessCpuTime(), System.nanoTime());
  }

  /** Linux: user, nice, system, idle, waiting for I/O, interrupts, soft interrupts, stolen. */
  private static long machineNanos() throws IOException {
    if (!Files.isReadable(STAT)) {
      return 0;
    }
    String[] ticks = Files.readAllLines(STAT).get(0).split(" +", -1);
    long busy = 0;
    for (int i = 1; i <= LAST; i++) {
      if (i != IDLE && i != WAITING) {
        busy += Long.parseLong(ticks[i]);
      }
    }
    return busy * TICK_NANOS;
  }

  /** The part of the machine that neither the server nor this process used since then. */
  double othersSince(MachineTime before) {
    long others = machine - before.machine - (server - before.server) - (own - before.own);
    long all = (clock - before.clock) * Runtime.getRuntime().availableProcessors();
    return machine == 0 ? Double.NaN : Math.max(0, (double) others / all);
  }
}
