package io.librarymesh.pick;

import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * How long a host stays out. The n-th ejection lasts {@code min(base * n, max)} and a random time
 * more; n falls by one for each sweep that finds the host in rotation for an interval. Source:
 * Envoy {@code outlier_detection_impl.cc}.
 */
final class Ejections {
  private static final long MILLI = 1_000_000L;

  private Ejections() {}

  /** Takes the host out; the multiplier stops growing where the time does. */
  static void eject(HostState host, Ejection ejection, long nowNanos, RandomSource random) {
    double base = (double) ejection.baseNanos();
    boolean grows = base * host.ejectionMultiplier < ejection.maxNanos() + base;
    int multiplier = grows ? host.ejectionMultiplier + 1 : host.ejectionMultiplier;
    host.eject(multiplier, jitterNanos(ejection, random), nowNanos);
  }

  /** Whole milliseconds, the longest included. */
  private static long jitterNanos(Ejection ejection, RandomSource random) {
    long max = Math.min(ejection.maxJitterNanos() / MILLI, Integer.MAX_VALUE - 1);
    return max == 0 ? 0 : random.nextInt((int) max + 1, Draw.EJECTION_JITTER) * MILLI;
  }

  /** Returns the host if it is out and its time is up. */
  static boolean returnIfDue(HostState host, Ejection ejection, long nowNanos) {
    if (!host.ejected()) {
      return false;
    }
    if (left(host, ejection, nowNanos) > 0) {
      return false;
    }
    host.readmit(nowNanos);
    return true;
  }

  /** How long an ejected host stays out yet; the sweep after that returns it. */
  static long left(HostState host, Ejection ejection, long nowNanos) {
    double wanted = (double) ejection.baseNanos() * host.ejectionMultiplier;
    long lasts = (long) Math.min(wanted, (double) ejection.maxNanos()) + host.ejectionJitterNanos;
    return lasts - (nowNanos - host.ejectionChangedNanos);
  }

  /** Lets the multiplier of a host decay that has been in rotation for an interval. */
  static void decay(HostState host, Ejection ejection, long nowNanos) {
    if (!host.ejected()
        && host.ejectionMultiplier > 0
        && nowNanos - host.ejectionChangedNanos >= ejection.intervalNanos()) {
      host.ejectionMultiplier--;
    }
  }
}
