package io.librarymesh.pick;

import io.librarymesh.config.OutlierDetection.Ejection;

/**
 * How long a host stays out. The n-th ejection lasts {@code min(base * n, max)}; n falls by one for
 * each sweep that finds the host in rotation for an interval. Source: Envoy {@code
 * outlier_detection_impl.cc}.
 */
final class Ejections {
  private Ejections() {}

  /** Takes the host out; the multiplier stops growing where the time does. */
  static void eject(HostState host, Ejection ejection, long nowNanos) {
    double base = (double) ejection.baseNanos();
    boolean grows = base * host.ejectionMultiplier < ejection.maxNanos() + base;
    host.eject(grows ? host.ejectionMultiplier + 1 : host.ejectionMultiplier, nowNanos);
  }

  /**
   * Returns the host if its time is up, or lets its multiplier decay.
   *
   * @return whether it came back
   */
  static boolean sweep(HostState host, Ejection ejection, long nowNanos) {
    long elapsed = nowNanos - host.ejectionChangedNanos;
    if (!host.ejected()) {
      if (host.ejectionMultiplier > 0 && elapsed >= ejection.intervalNanos()) {
        host.ejectionMultiplier--;
      }
      return false;
    }
    if (elapsed < lastsNanos(host, ejection)) {
      return false;
    }
    host.readmit(nowNanos);
    return true;
  }

  /** How long an ejected host stays out yet; the sweep after that returns it. */
  static long left(HostState host, Ejection ejection, long nowNanos) {
    return lastsNanos(host, ejection) - (nowNanos - host.ejectionChangedNanos);
  }

  private static long lastsNanos(HostState host, Ejection ejection) {
    double wanted = (double) ejection.baseNanos() * host.ejectionMultiplier;
    return (long) Math.min(wanted, (double) ejection.maxNanos());
  }
}
