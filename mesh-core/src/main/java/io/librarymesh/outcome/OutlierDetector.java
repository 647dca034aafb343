package io.librarymesh.outcome;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;

/**
 * Counts what the hosts of one cluster answer and takes out those that fail. Hosts that fail in a
 * row go at once; those that fail in too large a share, or more often than the others, go in a
 * sweep. Hosts return in sweeps only. The settings are read at each use; counts and ejections
 * survive updates. Source: Envoy {@code outlier_detection_impl.cc}.
 *
 * <p>Any thread; sweeps from one at a time. Takes no lock and allocates nothing unless a detector
 * trips.
 */
public final class OutlierDetector {
  private final ClusterState cluster;

  private OutlierDetector(ClusterState cluster) {
    this.cluster = cluster;
  }

  /** The detector of a cluster. */
  public static OutlierDetector of(ClusterState cluster) {
    return new OutlierDetector(cluster);
  }

  /**
   * A host answered. To a gRPC request, a gRPC status in the headers counts as the HTTP status it
   * stands for; one in trailers comes too late.
   */
  public void onResponse(
      HostState host, RequestHead request, ResponseHead head, long nowNanos, RandomSource random) {
    OutlierDetection settings = cluster.cluster().outlierDetection();
    if (!settings.enabled()) {
      return;
    }
    int status = GrpcStatus.httpStatus(request, head);
    if (settings.failures().contains(status)) {
      onExternalFailure(host, status, settings, nowNanos, random);
    } else {
      host.onExternalSuccess();
      if (settings.countsRates()) {
        host.countAnswer(true);
      }
    }
  }

  /**
   * A host gave no answer: no connection, a reset, or a timeout. Not for calls that were cancelled
   * or refused by a limit. Unless local-origin failures are split off, it counts as an answer.
   *
   * @param timeout counts as a 504, everything else as a 503
   */
  public void onLocalOriginFailure(
      HostState host, boolean timeout, long nowNanos, RandomSource random) {
    OutlierDetection settings = cluster.cluster().outlierDetection();
    if (!settings.enabled()) {
      return;
    }
    if (!settings.splitLocalOriginErrors()) {
      onExternalFailure(host, timeout ? 504 : 503, settings, nowNanos, random);
      return;
    }
    if (settings.countsRates()) {
      host.countConnection(false);
    }
    Detector detector = settings.consecutive().localOrigin();
    if (host.countLocalOriginFailure(detector.threshold())) {
      trip(host, detector, nowNanos, random);
    }
  }

  /** An attempt got a connection to the host: a success where local-origin failures are split. */
  public void onConnected(HostState host) {
    OutlierDetection settings = cluster.cluster().outlierDetection();
    if (settings.splitLocalOriginErrors()) {
      host.onLocalOriginSuccess();
      if (settings.countsRates()) {
        host.countConnection(true);
      }
    }
  }

  /**
   * Returns hosts whose time is up, takes out those that failed too often since the last sweep, and
   * lets the ejection times of all others decay; in this order.
   */
  public void sweep(long nowNanos, RandomSource random) {
    cluster.returnEjected(nowNanos);
    OutlierDetection settings = cluster.cluster().outlierDetection();
    // Even where no detector looks at rates: none that comes later may see what was counted before.
    new FailureRates(cluster, settings, nowNanos, random).eject();
    cluster.decayEjections(nowNanos);
  }

  /** The time between sweeps; 0 when none is needed. */
  public long sweepIntervalNanos() {
    OutlierDetection settings = cluster.cluster().outlierDetection();
    return settings.enabled() ? settings.ejection().intervalNanos() : 0;
  }

  private void onExternalFailure(
      HostState host, int status, OutlierDetection settings, long nowNanos, RandomSource random) {
    if (settings.countsRates()) {
      host.countAnswer(false);
    }
    Detector fiveXx = settings.consecutive().fiveXx();
    Detector gateway = settings.consecutive().gateway();
    boolean isGateway = status >= 502 && status <= 504;
    int tripped = host.countExternalFailure(isGateway, fiveXx.threshold(), gateway.threshold());
    if ((tripped & HostState.TRIPPED_GATEWAY) != 0) {
      trip(host, gateway, nowNanos, random);
    }
    if ((tripped & HostState.TRIPPED_5XX) != 0) {
      trip(host, fiveXx, nowNanos, random);
    }
  }

  private void trip(HostState host, Detector detector, long nowNanos, RandomSource random) {
    if (!host.ejected() && isEnforced(detector.enforcingPercent(), random)) {
      cluster.eject(host, nowNanos);
    }
  }

  /** Whether a detector that tripped ejects this time. */
  static boolean isEnforced(int percent, RandomSource random) {
    return percent == 100 || (percent > 0 && random.nextInt(100, Draw.EJECTION_ENFORCED) < percent);
  }
}
