package io.librarymesh.pick;

import io.librarymesh.config.OutlierDetection.Ejection;

/**
 * How long a host stays out. The n-th ejection lasts {@code min(base * n, max)}; n falls by one for
 * each sweep that finds the host in rotation for an interval. Source: Envoy {@code
 * outlier_detection_impl.cc}.
 */
final class Ejections {
  private Ejections() {}

  /** The multiplier of an ejection that happens now; it stops growing where the time does. */
  static int nextMultiplier(HostState host, Ejection ejection) {
    int multiplier = host.ejectionMultiplier;
    boolean grows =
        (double) ejection.baseNanos() * multiplier
            < (double) ejection.maxNanos() + ejection.baseNanos();
    return grows ? multiplier + 1 : multiplier;
  }

  /** Returns the host if its time is up, or lets its multiplier decay. */
  static boolean sweep(HostState host, Ejection ejection, long nowNanos) {
    long elapsed = nowNanos - host.ejectionChangedNanos;
    if (!host.ejected()) {
      if (host.ejectionMultiplier > 0 && elapsed >= ejection.intervalNanos()) {
        host.ejectionMultiplier--;
      }
      return false;
    }
    double wanted = (double) ejection.baseNanos() * host.ejectionMultiplier;
    if (elapsed < Math.min(wanted, (double) ejection.maxNanos())) {
      return false;
    }
    host.readmit(nowNanos);
    return true;
  }
}
