package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code loadBalancer}. */
final class LoadBalancerBinder {
  private LoadBalancerBinder() {}

  static LoadBalancerSettings bind(Fields fields) {
    if (fields.has("simple") && fields.has("consistentHash")) {
      fields.refuse("simple and consistentHash together (expected: one of them)");
    }
    return new LoadBalancerSettings(
        fields.choice("simple", LoadBalancerSettings.Simple.class),
        fields.message("consistentHash", LoadBalancerBinder::consistentHash),
        fields.message("localityLbSetting", LoadBalancerBinder::locality),
        warmup(fields),
        fields.message("zoneAwareLbSetting", LoadBalancerBinder::zoneAware));
  }

  private static Optional<LoadBalancerSettings.Warmup> warmup(Fields fields) {
    Optional<LoadBalancerSettings.Warmup> today =
        fields.message(
            "warmup",
            warmup ->
                new LoadBalancerSettings.Warmup(
                    warmup.duration("duration").orElse(Duration.ZERO),
                    warmup.number("minimumPercent"),
                    warmup.number("aggression")));
    Optional<Duration> old = fields.duration("warmupDurationSecs");
    old.ifPresent(
        duration ->
            fields.warn(
                "warmupDurationSecs",
                today.isPresent()
                    ? "ignored beside warmup; leave it out"
                    : "old spelling; write warmup: {duration: "
                        + GoDuration.print(duration)
                        + "}"));
    return today.or(
        () ->
            old.map(
                duration ->
                    new LoadBalancerSettings.Warmup(duration, Optional.empty(), Optional.empty())));
  }

  private static ConsistentHash consistentHash(Fields hash) {
    return new ConsistentHash(key(hash), algorithm(hash));
  }

  private static Optional<ConsistentHash.Key> key(Fields hash) {
    List<ConsistentHash.Key> keys = new ArrayList<>();
    hash.text("httpHeaderName").map(ConsistentHash.HttpHeaderName::new).ifPresent(keys::add);
    hash.message("httpCookie", LoadBalancerBinder::cookie).ifPresent(keys::add);
    if (hash.flag("useSourceIp")) {
      keys.add(new ConsistentHash.UseSourceIp());
    }
    hash.text("httpQueryParameterName")
        .map(ConsistentHash.HttpQueryParameterName::new)
        .ifPresent(keys::add);
    if (keys.size() > 1) {
      hash.refuse(
          "more than one of httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName"
              + " (expected: one of them)");
    }
    return keys.stream().findFirst();
  }

  private static ConsistentHash.HttpCookie cookie(Fields cookie) {
    return new ConsistentHash.HttpCookie(
        cookie.textOrEmpty("name"),
        cookie.text("path"),
        cookie.duration("ttl"),
        cookie.messages(
            "attributes",
            attribute ->
                new ConsistentHash.CookieAttribute(
                    attribute.textOrEmpty("name"), attribute.textOrEmpty("value"))));
  }

  private static ConsistentHash.Algorithm algorithm(Fields hash) {
    Optional<ConsistentHash.RingHash> ring =
        hash.message(
            "ringHash", fields -> new ConsistentHash.RingHash(fields.uint64("minimumRingSize")));
    Optional<ConsistentHash.Maglev> maglev =
        hash.message(
            "maglev", fields -> new ConsistentHash.Maglev(fields.uint64("tableSize").orElse(0L)));
    Optional<Long> oldRingSize = hash.uint64("minimumRingSize").filter(size -> size != 0);
    if (ring.isPresent() && maglev.isPresent()) {
      hash.refuse("ringHash and maglev together (expected: one of them)");
    } else if (oldRingSize.isPresent() && (ring.isPresent() || maglev.isPresent())) {
      hash.refuse(
          "minimumRingSize",
          "together with ringHash or maglev (expected: inside ringHash, or not at all)");
    } else if (oldRingSize.isPresent()) {
      hash.warn("minimumRingSize", "old place; write ringHash: {minimumRingSize: ...}");
    }
    if (maglev.isPresent()) {
      return maglev.get();
    }
    return ring.orElseGet(() -> new ConsistentHash.RingHash(oldRingSize));
  }

  static LocalityLbSetting locality(Fields fields) {
    return new LocalityLbSetting(
        fields.optionalFlag("enabled"),
        fields.messages("distribute", LoadBalancerBinder::distribute),
        fields.messages("failover", LoadBalancerBinder::failover),
        fields.texts("failoverPriority"));
  }

  private static LocalityLbSetting.Distribute distribute(Fields entry) {
    Scalars scalars = new Scalars(entry.report());
    Map<String, Long> to =
        entry.map("to", (at, value) -> scalars.whole(at, value, 0, 0xFFFF_FFFFL));
    return new LocalityLbSetting.Distribute(entry.textOrEmpty("from"), to);
  }

  private static LocalityLbSetting.Failover failover(Fields entry) {
    return new LocalityLbSetting.Failover(entry.textOrEmpty("from"), entry.textOrEmpty("to"));
  }

  private static ZoneAwareLbSetting zoneAware(Fields fields) {
    return new ZoneAwareLbSetting(
        fields.optionalFlag("enabled"),
        fields.messages("failover", LoadBalancerBinder::failover),
        fields.texts("failoverPriority"),
        fields.uint64("minClusterSize"));
  }
}
