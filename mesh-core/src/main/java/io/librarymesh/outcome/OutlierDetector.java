package io.librarymesh.outcome;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * Counts what the hosts of one cluster answer and takes out those that fail in a row. Ejects at
 * once, returns hosts only in a sweep. The settings are read at each use; counts and ejections
 * survive updates. Source: Envoy {@code outlier_detection_impl.cc}, consecutive detectors.
 *
 * <p>Any thread. Takes no lock and allocates nothing unless a detector trips.
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

  /** A host answered. A gRPC status in the headers counts as the HTTP status it stands for. */
  public void onResponse(HostState host, ResponseHead head, long nowNanos, RandomSource random) {
    OutlierDetection settings = cluster.cluster().outlierDetection();
    if (!settings.enabled()) {
      return;
    }
    int status = GrpcStatus.httpStatus(head);
    if (status < 500) {
      host.onExternalSuccess();
    } else {
      onExternalFailure(host, status, settings, nowNanos, random);
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
    Detector detector = settings.consecutiveLocalOriginFailure();
    if (host.countLocalOriginFailure(detector.threshold())) {
      trip(host, detector, nowNanos, random);
    }
  }

  /** An attempt got a connection to the host: a success where local-origin failures are split. */
  public void onConnected(HostState host) {
    if (cluster.cluster().outlierDetection().splitLocalOriginErrors()) {
      host.onLocalOriginSuccess();
    }
  }

  /** Returns hosts whose time is up and lets ejection times decay. */
  public void sweep(long nowNanos) {
    cluster.sweepEjections(nowNanos);
  }

  /** The time between sweeps; 0 when none is needed. */
  public long sweepIntervalNanos() {
    OutlierDetection settings = cluster.cluster().outlierDetection();
    return settings.enabled() ? settings.ejection().intervalNanos() : 0;
  }

  private void onExternalFailure(
      HostState host, int status, OutlierDetection settings, long nowNanos, RandomSource random) {
    Detector consecutive5xx = settings.consecutive5xx();
    Detector consecutiveGateway = settings.consecutiveGatewayFailure();
    boolean gateway = status >= 502 && status <= 504;
    int tripped =
        host.countExternalFailure(
            gateway, consecutive5xx.threshold(), consecutiveGateway.threshold());
    if ((tripped & HostState.TRIPPED_GATEWAY) != 0) {
      trip(host, consecutiveGateway, nowNanos, random);
    }
    if ((tripped & HostState.TRIPPED_5XX) != 0) {
      trip(host, consecutive5xx, nowNanos, random);
    }
  }

  private void trip(HostState host, Detector detector, long nowNanos, RandomSource random) {
    if (!host.ejected() && enforced(detector.enforcingPercent(), random)) {
      cluster.eject(host, nowNanos);
    }
  }

  private static boolean enforced(int percent, RandomSource random) {
    return percent == 100 || (percent > 0 && random.nextInt(100, Draw.EJECTION_ENFORCED) < percent);
  }
}
