package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Rules of {@code loadBalancer}. */
final class LoadBalancerRules {
  /** Envoy's largest table. */
  private static final long MAGLEV_BOUND = 5_000_011;

  private LoadBalancerRules() {}

  /**
   * @param outlier whether the policy has outlier detection, without which failover never happens
   */
  static void check(
      LoadBalancerSettings settings, boolean outlier, FieldPath path, ValueRules rules) {
    settings
        .consistentHash()
        .ifPresent(hash -> consistentHash(hash, path.field("consistentHash"), rules));
    settings.warmup().ifPresent(warmup -> warmup(warmup, path, rules));
    settings
        .localityLbSetting()
        .ifPresent(
            locality ->
                LocalityRules.locality(locality, outlier, path.field("localityLbSetting"), rules));
    settings
        .zoneAwareLbSetting()
        .ifPresent(zone -> LocalityRules.zoneAware(zone, path.field("zoneAwareLbSetting"), rules));
    if (settings.localityLbSetting().isPresent() && settings.zoneAwareLbSetting().isPresent()) {
      rules
          .report()
          .invalid(
              path, "localityLbSetting and zoneAwareLbSetting together (expected: one of them)");
    }
  }

  private static void warmup(LoadBalancerSettings.Warmup warmup, FieldPath path, ValueRules rules) {
    FieldPath at = path.field("warmup");
    if (!rules.report().isWritten(at)) {
      rules.duration(path.field("warmupDurationSecs"), Optional.of(warmup.duration()));
      return;
    }
    if (warmup.duration().equals(Duration.ZERO)) {
      rules.missing(at.field("duration"), "a duration of at least 1ms");
    } else {
      rules.duration(at.field("duration"), Optional.of(warmup.duration()));
    }
    warmup
        .minimumPercent()
        .ifPresent(percent -> rules.within(at.field("minimumPercent"), percent, 0, 100));
    warmup
        .aggression()
        .filter(aggression -> aggression <= 0)
        .ifPresent(
            aggression -> rules.invalid(at.field("aggression"), aggression, "a number above 0"));
  }

  private static void consistentHash(ConsistentHash hash, FieldPath path, ValueRules rules) {
    if (hash.key().isEmpty()) {
      rules
          .report()
          .suspiciouslyIncomplete(path, "nothing to hash, so that endpoints are chosen at random");
    }
    hash.key()
        .filter(ConsistentHash.HttpCookie.class::isInstance)
        .map(ConsistentHash.HttpCookie.class::cast)
        .ifPresent(cookie -> cookie(cookie, path.field("httpCookie"), rules));
    if (hash.algorithm() instanceof ConsistentHash.Maglev maglev) {
      long size = maglev.tableSize();
      if (size >= MAGLEV_BOUND || !isPrime(size)) {
        rules.invalid(
            path.fields("maglev", "tableSize"),
            size,
            "a prime below " + MAGLEV_BOUND + ", as 65537");
      }
    }
  }

  private static void cookie(ConsistentHash.HttpCookie cookie, FieldPath path, ValueRules rules) {
    if (cookie.name().isEmpty()) {
      rules.missing(path.field("name"), "the cookie's name");
    }
    rules.durationOrZero(path.field("ttl"), cookie.ttl());
    Set<String> names = new HashSet<>();
    for (int i = 0; i < cookie.attributes().size(); i++) {
      String name = cookie.attributes().get(i).name();
      FieldPath at = path.field("attributes").index(i).field("name");
      if (name.isEmpty()) {
        rules.missing(at, "an attribute's name");
      } else if (!names.add(name)) {
        rules.invalid(at, name, "every attribute once");
      }
    }
  }

  private static boolean isPrime(long number) {
    if (number < 2) {
      return false;
    }
    for (long divisor = 2; divisor * divisor <= number; divisor++) {
      if (number % divisor == 0) {
        return false;
      }
    }
    return true;
  }
}
