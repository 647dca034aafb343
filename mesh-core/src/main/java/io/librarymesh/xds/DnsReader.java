package io.librarymesh.xds;

import com.google.protobuf.Duration;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.AfterFailure;
import io.librarymesh.config.DnsDiscovery.Family;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.extensions.clusters.dns.v3.DnsCluster;
import java.util.concurrent.TimeUnit;

/**
 * Reads how names are looked up. Source: the DNS fields of Envoy {@code cluster.v3.Cluster}, and
 * {@code extensions.clusters.dns.v3.DnsCluster}, which stands in for them.
 */
final class DnsReader {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  /** Envoy: a back-off without a bound of its own goes to ten times where it starts. */
  private static final int USUAL_GROWTH = 10;

  private final FieldPath at;
  private final Findings findings;

  private DnsReader(FieldPath at, Findings findings) {
    this.at = at;
    this.findings = findings;
  }

  static DnsDiscovery read(Cluster cluster, Hosts hosts, FieldPath at, Findings findings) {
    DnsReader reader = new DnsReader(at, findings);
    Cluster.RefreshRate failure = cluster.getDnsFailureRefreshRate();
    return new DnsDiscovery(
        hosts,
        reader.family(cluster.getDnsLookupFamily().name(), cluster.getDnsLookupFamilyValue()),
        new Refresh(
            cluster.hasDnsRefreshRate() ? reader.rate(cluster.getDnsRefreshRate()) : usualRate(),
            cluster.getRespectDnsTtl(),
            reader.jitter(cluster.getDnsJitter()),
            cluster.hasDnsFailureRefreshRate()
                ? reader.afterFailure(
                    failure.getBaseInterval(), failure.hasMaxInterval(), failure.getMaxInterval())
                : Refresh.DEFAULT.failure()));
  }

  static DnsDiscovery read(DnsCluster cluster, FieldPath at, Findings findings) {
    DnsReader reader = new DnsReader(at, findings);
    DnsCluster.RefreshRate failure = cluster.getDnsFailureRefreshRate();
    return new DnsDiscovery(
        cluster.getAllAddressesInSingleEndpoint() ? Hosts.ONE_FOR_THE_NAME : Hosts.EACH_ADDRESS,
        reader.family(cluster.getDnsLookupFamily().name(), cluster.getDnsLookupFamilyValue()),
        new Refresh(
            cluster.hasDnsRefreshRate() ? reader.rate(cluster.getDnsRefreshRate()) : usualRate(),
            cluster.getRespectDnsTtl(),
            reader.jitter(cluster.getDnsJitter()),
            cluster.hasDnsFailureRefreshRate()
                ? reader.afterFailure(
                    failure.getBaseInterval(), failure.hasMaxInterval(), failure.getMaxInterval())
                : Refresh.DEFAULT.failure()));
  }

  private static long usualRate() {
    return Refresh.DEFAULT.intervalNanos();
  }

  private Family family(String name, int number) {
    return switch (name) {
      case "UNSPECIFIED", "AUTO" -> Family.AUTO;
      case "V4_ONLY" -> Family.V4_ONLY;
      case "V6_ONLY" -> Family.V6_ONLY;
      case "V4_PREFERRED" -> Family.V4_PREFERRED;
      case "ALL" -> Family.ALL;
      default -> {
        findings.error(
            at.field("dns_lookup_family"),
            number + " (expected: AUTO, V4_ONLY, V6_ONLY, V4_PREFERRED, ALL)");
        yield Family.AUTO;
      }
    };
  }

  private long rate(Duration duration) {
    return atLeastOneMillisecond(duration, at.field("dns_refresh_rate"));
  }

  private long jitter(Duration duration) {
    return DurationReader.nanos(duration, at.field("dns_jitter"), findings);
  }

  private AfterFailure afterFailure(Duration first, boolean bounded, Duration last) {
    FieldPath place = at.field("dns_failure_refresh_rate");
    long base = atLeastOneMillisecond(first, place.field("base_interval"));
    if (!bounded) {
      return new AfterFailure(base, base * USUAL_GROWTH);
    }
    long max = atLeastOneMillisecond(last, place.field("max_interval"));
    if (max < base) {
      findings.error(
          place.field("max_interval"), max + " ns (expected: >= base_interval, " + base + " ns)");
      return new AfterFailure(base, base);
    }
    return new AfterFailure(base, max);
  }

  private long atLeastOneMillisecond(Duration duration, FieldPath place) {
    long nanos = DurationReader.nanos(duration, place, findings);
    if (nanos < MILLISECOND) {
      findings.error(place, nanos + " ns (expected: >= 1 ms)");
      return TimeUnit.SECONDS.toNanos(1);
    }
    return nanos;
  }
}
