package io.librarymesh.config;

import java.util.concurrent.TimeUnit;

/**
 * Endpoints whose addresses are names, looked up in the background again and again. Source: Envoy
 * {@code STRICT_DNS}, {@code LOGICAL_DNS} and {@code extensions.clusters.dns.v3.DnsCluster}.
 *
 * @param hosts what becomes of the addresses of a name
 * @param family which of its addresses are used
 */
public record DnsDiscovery(Hosts hosts, Family family, Refresh refresh)
    implements Cluster.Discovery {
  /** What becomes of the addresses of a name. */
  public enum Hosts {
    /** Each address is a host of its own ({@code STRICT_DNS}). */
    EACH_ADDRESS,
    /**
     * The name is one host, and new connections go to the first address of the last answer ({@code
     * LOGICAL_DNS}).
     */
    ONE_FOR_THE_NAME
  }

  /** Which addresses of a name are used. Source: Envoy {@code DnsLookupFamily}. */
  public enum Family {
    /** IPv6 addresses or, when there is none, IPv4 addresses. */
    AUTO,
    V4_ONLY,
    V6_ONLY,
    /** IPv4 addresses or, when there is none, IPv6 addresses. */
    V4_PREFERRED,
    ALL
  }

  /**
   * When a name is looked up again.
   *
   * @param intervalNanos after an answer
   * @param respectsTtl whether an answer that says how long it holds is followed in that
   * @param jitterNanos a random time below this is added; 0 adds none
   * @param failure after a failure
   */
  public record Refresh(
      long intervalNanos, boolean respectsTtl, long jitterNanos, AfterFailure failure) {
    /** Envoy's default: every 5 s, failed or not. */
    public static final Refresh DEFAULT =
        new Refresh(TimeUnit.SECONDS.toNanos(5), false, 0, new AfterFailure(0, 0));

    public Refresh {
      requireInterval("intervalNanos", intervalNanos);
      Ranges.requireNotNegative("jitterNanos", jitterNanos);
    }
  }

  /**
   * A back-off that doubles from one failure to the next.
   *
   * @param baseNanos 0 when there is none: the interval after an answer holds
   * @param maxNanos at least {@code baseNanos}
   */
  public record AfterFailure(long baseNanos, long maxNanos) {
    public AfterFailure {
      if (baseNanos != 0) {
        requireInterval("baseNanos", baseNanos);
      }
      if (maxNanos < baseNanos) {
        throw new IllegalArgumentException(
            "maxNanos: " + maxNanos + " (expected: >= " + baseNanos + ")");
      }
    }
  }

  private static void requireInterval(String name, long nanos) {
    if (nanos < TimeUnit.MILLISECONDS.toNanos(1)) {
      throw new IllegalArgumentException(name + ": " + nanos + " (expected: >= 1 ms)");
    }
  }
}
