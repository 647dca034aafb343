package io.librarymesh.outcome;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Enforcing;
import io.librarymesh.config.OutlierDetection.FailurePercentage;
import io.librarymesh.config.OutlierDetection.SuccessRate;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.RandomSource;
import java.util.List;

/**
 * One look at the shares of failures since the last one. Hosts that are out, and hosts with too few
 * attempts, are left aside; a detector that is left with too few hosts does nothing.
 *
 * <p>Two detectors, first over answers, then, where failures of local origin are split off, over
 * attempts to get one. The success rate of a host is too low when it is below the mean of all by
 * more than so many standard deviations of the population. Source: Envoy {@code
 * DetectorImpl::processSuccessRateEjections}.
 */
final class FailureRates {
  private static final int NO_ATTEMPTS = -1;

  private final ClusterState cluster;
  private final OutlierDetection settings;
  private final long nowNanos;
  private final RandomSource random;

  FailureRates(
      ClusterState cluster, OutlierDetection settings, long nowNanos, RandomSource random) {
    this.cluster = cluster;
    this.settings = settings;
    this.nowNanos = nowNanos;
    this.random = random;
  }

  void eject() {
    List<HostState> hosts = cluster.hosts();
    long[] answers = new long[hosts.size()];
    long[] connections = new long[hosts.size()];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = hosts.get(i).takeAnswers();
      connections[i] = hosts.get(i).takeConnections();
    }
    Enforcing success = settings.successRate().enforcing();
    Enforcing failure = settings.failurePercentage().enforcing();
    judge(hosts, answers, success.percent(), failure.percent());
    if (settings.splitLocalOriginErrors()) {
      judge(hosts, connections, success.localOriginPercent(), failure.localOriginPercent());
    }
  }

  /** Who is looked at is settled before the first of the two ejects anybody. */
  private void judge(List<HostState> hosts, long[] counts, int bySuccess, int byFailure) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = hosts.get(i).ejected() ? 0 : counts[i];
    }
    bySuccessRate(hosts, counts, bySuccess);
    byPercentage(hosts, counts, byFailure);
  }

  private void bySuccessRate(List<HostState> hosts, long[] counts, int enforcing) {
    SuccessRate detector = settings.successRate();
    int eligible = 0;
    double sum = 0;
    double[] rates = rates(counts, detector.sample().requestVolume());
    for (double rate : rates) {
      if (rate != NO_ATTEMPTS) {
        eligible++;
        sum += rate;
      }
    }
    if (eligible == 0 || eligible < detector.sample().minimumHosts()) {
      return;
    }
    double mean = sum / eligible;
    double threshold =
        mean - deviation(rates, mean, eligible) * (detector.stdevFactorPerMille() / 1000.0);
    for (int i = 0; i < rates.length; i++) {
      if (rates[i] != NO_ATTEMPTS && rates[i] < threshold) {
        eject(hosts.get(i), enforcing);
      }
    }
  }

  private static double deviation(double[] rates, double mean, int count) {
    double variance = 0;
    for (double rate : rates) {
      if (rate != NO_ATTEMPTS) {
        variance += (rate - mean) * (rate - mean);
      }
    }
    return Math.sqrt(variance / count);
  }

  private void byPercentage(List<HostState> hosts, long[] counts, int enforcing) {
    FailurePercentage detector = settings.failurePercentage();
    int eligible = 0;
    double[] rates = rates(counts, detector.sample().requestVolume());
    for (double rate : rates) {
      eligible += rate == NO_ATTEMPTS ? 0 : 1;
    }
    if (eligible == 0 || eligible < detector.sample().minimumHosts()) {
      return;
    }
    for (int i = 0; i < rates.length; i++) {
      if (rates[i] != NO_ATTEMPTS && 100 - rates[i] >= detector.thresholdPercent()) {
        eject(hosts.get(i), enforcing);
      }
    }
  }

  /** Success in percent of each host, or {@link #NO_ATTEMPTS} where there are not enough. */
  private static double[] rates(long[] counts, int volume) {
    double[] rates = new double[counts.length];
    for (int i = 0; i < rates.length; i++) {
      int total = HostState.attempts(counts[i]);
      rates[i] =
          total > 0 && total >= volume
              ? 100.0 * HostState.successes(counts[i]) / total
              : NO_ATTEMPTS;
    }
    return rates;
  }

  private void eject(HostState host, int enforcing) {
    if (!host.ejected() && OutlierDetector.isEnforced(enforcing, random)) {
      cluster.eject(host, nowNanos);
    }
  }
}
