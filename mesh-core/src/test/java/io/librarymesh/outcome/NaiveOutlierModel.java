package io.librarymesh.outcome;

import static java.util.Objects.requireNonNull;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Enforcing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Outlier detection written down rule by rule from its description, slowly and with no eye to the
 * code that it is compared with. Hosts are addresses.
 *
 * <p>In one thing it follows us and not Envoy, as docs/differences.md says: a threshold that an
 * update lowered below a host's count is reached with the next failure.
 */
final class NaiveOutlierModel {
  /** Every chance is decided by one number per kind, so that the order of draws does not matter. */
  private final int enforcedDraw;

  private final long jitterNanos;
  private OutlierDetection settings;
  private Map<String, Host> hosts = new LinkedHashMap<>();

  NaiveOutlierModel(OutlierDetection settings, int enforcedDraw, long jitterNanos) {
    this.settings = settings;
    this.enforcedDraw = enforcedDraw;
    this.jitterNanos = jitterNanos;
  }

  /** Hosts that stay keep what they have; hosts that come are new. */
  void members(List<String> addresses) {
    Map<String, Host> next = new LinkedHashMap<>();
    addresses.forEach(a -> next.put(a, hosts.getOrDefault(a, new Host())));
    hosts = next;
  }

  /** Without any detector that is enforced, nobody stays ejected. */
  void settings(OutlierDetection next) {
    settings = next;
    if (!next.enabled()) {
      hosts.replaceAll((address, host) -> new Host());
    }
  }

  Set<String> ejected() {
    return hosts.entrySet().stream()
        .filter(entry -> entry.getValue().ejected)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  void answer(String address, int status, long now) {
    if (!settings.enabled()) {
      return;
    }
    Host host = requireNonNull(hosts.get(address));
    if (settings.failures().contains(status)) {
      failedAnswer(host, status, now);
      return;
    }
    host.fiveXx = 0;
    host.gateway = 0;
    host.answers.total++;
    host.answers.good++;
  }

  void noAnswer(String address, boolean timeout, long now) {
    if (!settings.enabled()) {
      return;
    }
    Host host = requireNonNull(hosts.get(address));
    if (!settings.splitLocalOriginErrors()) {
      failedAnswer(host, timeout ? 504 : 503, now);
      return;
    }
    host.connections.total++;
    host.localOrigin++;
    if (host.localOrigin >= settings.consecutive().localOrigin().threshold()) {
      host.localOrigin = 0;
      triggered(host, settings.consecutive().localOrigin(), now);
    }
  }

  void connected(String address) {
    if (settings.enabled() && settings.splitLocalOriginErrors()) {
      Host host = requireNonNull(hosts.get(address));
      host.localOrigin = 0;
      host.connections.total++;
      host.connections.good++;
    }
  }

  private void failedAnswer(Host host, int status, long now) {
    host.answers.total++;
    if (Set.of(502, 503, 504).contains(status)) {
      host.gateway++;
      if (host.gateway >= settings.consecutive().gateway().threshold()) {
        host.gateway = 0;
        triggered(host, settings.consecutive().gateway(), now);
      }
    } else {
      host.gateway = 0;
    }
    host.fiveXx++;
    if (host.fiveXx >= settings.consecutive().fiveXx().threshold()) {
      host.fiveXx = 0;
      triggered(host, settings.consecutive().fiveXx(), now);
    }
  }

  private void triggered(Host host, Detector detector, long now) {
    ejectIf(detector.enforcingPercent(), host, now);
  }

  private void ejectIf(int enforcing, Host host, long now) {
    if (host.ejected || enforcedDraw >= enforcing) {
      return;
    }
    long out = hosts.values().stream().filter(h -> h.ejected).count();
    boolean allowed =
        100.0 * (out + 1) / hosts.size() <= settings.ejection().share().maxPercent()
            || (settings.ejection().share().alwaysOne() && out == 0);
    if (allowed) {
      host.ejected = true;
      host.ejectedAt = now;
      host.jitter = jitterNanos;
      long base = settings.ejection().baseNanos();
      if (base * host.multiplier < settings.ejection().maxNanos() + base) {
        host.multiplier++;
      }
    }
  }

  void sweep(long now) {
    if (!settings.enabled()) {
      return;
    }
    for (Host host : hosts.values()) {
      long base = settings.ejection().baseNanos() * host.multiplier;
      long duration = Math.min(base, settings.ejection().maxNanos()) + host.jitter;
      if (host.ejected && now - host.ejectedAt >= duration) {
        host.ejected = false;
        host.returnedAt = now;
        host.fiveXx = 0;
        host.gateway = 0;
        host.localOrigin = 0;
      }
    }
    Map<Host, Rate> answers = new HashMap<>();
    Map<Host, Rate> connections = new HashMap<>();
    for (Host host : hosts.values()) {
      answers.put(host, host.answers);
      connections.put(host, host.connections);
      host.answers = new Rate();
      host.connections = new Rate();
    }
    Enforcing success = settings.successRate().enforcing();
    Enforcing failure = settings.failurePercentage().enforcing();
    judge(answers, success.percent(), failure.percent(), now);
    if (settings.splitLocalOriginErrors()) {
      judge(connections, success.localOriginPercent(), failure.localOriginPercent(), now);
    }
    for (Host host : hosts.values()) {
      boolean quiet = now - host.returnedAt >= settings.ejection().intervalNanos();
      if (!host.ejected && host.multiplier > 0 && quiet) {
        host.multiplier--;
      }
    }
  }

  /** Who is eligible is settled before the first of the two detectors ejects anybody. */
  private void judge(Map<Host, Rate> rates, int successEnforcing, int failureEnforcing, long now) {
    List<Host> forSuccess = eligible(rates, settings.successRate().sample());
    List<Host> forFailure = eligible(rates, settings.failurePercentage().sample());
    double threshold = successThreshold(forSuccess, rates);
    for (Host host : forSuccess) {
      if (requireNonNull(rates.get(host)).percent() < threshold) {
        ejectIf(successEnforcing, host, now);
      }
    }
    for (Host host : forFailure) {
      if (100 - requireNonNull(rates.get(host)).percent()
          >= settings.failurePercentage().thresholdPercent()) {
        ejectIf(failureEnforcing, host, now);
      }
    }
  }

  private List<Host> eligible(Map<Host, Rate> rates, OutlierDetection.Sample sample) {
    List<Host> eligible = new ArrayList<>();
    for (Host host : hosts.values()) {
      int total = requireNonNull(rates.get(host)).total;
      if (!host.ejected && total > 0 && total >= sample.requestVolume()) {
        eligible.add(host);
      }
    }
    return eligible.size() >= sample.minimumHosts() ? eligible : List.of();
  }

  private double successThreshold(List<Host> eligible, Map<Host, Rate> rates) {
    double sum = 0;
    for (Host host : eligible) {
      sum += requireNonNull(rates.get(host)).percent();
    }
    double mean = sum / eligible.size();
    double squares = 0;
    for (Host host : eligible) {
      squares += Math.pow(requireNonNull(rates.get(host)).percent() - mean, 2);
    }
    double deviation = Math.sqrt(squares / eligible.size());
    return mean - settings.successRate().stdevFactorPerMille() / 1000.0 * deviation;
  }

  private static final class Host {
    int fiveXx;
    int gateway;
    int localOrigin;
    Rate answers = new Rate();
    Rate connections = new Rate();
    boolean ejected;
    int multiplier;
    long ejectedAt;
    long returnedAt;
    long jitter;
  }

  private static final class Rate {
    int total;
    int good;

    double percent() {
      return 100.0 * good / total;
    }
  }
}
