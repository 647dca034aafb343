package io.librarymesh.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether and how attempts are repeated. Source: Envoy {@code route.v3.RetryPolicy}.
 *
 * @param on the conditions; empty means that nothing is retried
 * @param retriableStatusCodes the codes that {@link RetryOn#RETRIABLE_STATUS_CODES} stands for
 * @param numRetries attempts after the first
 * @param perTryTimeoutNanos the bound of one attempt; 0 means none but the route's
 * @param backOff how long to wait before a retry
 * @param hostSelection how a retry avoids hosts that were tried
 * @param anyMethod whether requests of any method may be processed twice; of no use where every
 *     method is retried anyway. Envoy has no such field
 * @param headers what headers of requests and answers say
 * @param hedgeOnPerTryTimeout whether an attempt that runs out of its {@code perTryTimeoutNanos},
 *     or is silent for its {@code perTryIdleTimeoutNanos} before it is answered, goes on, and
 *     another begins beside it in place of the retry. Source: {@code route.v3.HedgePolicy}
 * @param perTryIdleTimeoutNanos how long the upstream of one attempt may be silent, its response
 *     included; 0 means for ever
 */
public record RetryPolicy(
    Set<RetryOn> on,
    Set<Integer> retriableStatusCodes,
    int numRetries,
    long perTryTimeoutNanos,
    BackOff backOff,
    HostSelection hostSelection,
    boolean anyMethod,
    HeaderRules headers,
    boolean hedgeOnPerTryTimeout,
    long perTryIdleTimeoutNanos) {
  /** Never retries. */
  public static final RetryPolicy NONE =
      new RetryPolicy(Set.of(), Set.of(), 0, 0, BackOff.DEFAULT, HostSelection.ANY);

  /** A policy that says nothing of methods. */
  public RetryPolicy(
      Set<RetryOn> on,
      Set<Integer> retriableStatusCodes,
      int numRetries,
      long perTryTimeoutNanos,
      BackOff backOff,
      HostSelection hostSelection) {
    this(
        on,
        retriableStatusCodes,
        numRetries,
        perTryTimeoutNanos,
        backOff,
        hostSelection,
        false,
        HeaderRules.NONE,
        false,
        0);
  }

  /** A policy that lets upstreams be silent and makes one attempt at a time. */
  public RetryPolicy(
      Set<RetryOn> on,
      Set<Integer> retriableStatusCodes,
      int numRetries,
      long perTryTimeoutNanos,
      BackOff backOff,
      HostSelection hostSelection,
      boolean anyMethod,
      HeaderRules headers) {
    this(
        on,
        retriableStatusCodes,
        numRetries,
        perTryTimeoutNanos,
        backOff,
        hostSelection,
        anyMethod,
        headers,
        false,
        0);
  }

  public RetryPolicy {
    on = Set.copyOf(on);
    retriableStatusCodes = Set.copyOf(retriableStatusCodes);
    Ranges.requireNotNegative("numRetries", numRetries);
    Ranges.requireNotNegative("perTryTimeoutNanos", perTryTimeoutNanos);
    Ranges.requireNotNegative("perTryIdleTimeoutNanos", perTryIdleTimeoutNanos);
  }

  /** The same policy for requests that may be processed twice whatever their method. */
  public RetryPolicy forAnyMethod() {
    return with(true, hedgeOnPerTryTimeout, perTryIdleTimeoutNanos);
  }

  /** The same policy with a bound of an upstream's silence; 0 means none. */
  public RetryPolicy withPerTryIdleTimeout(long nanos) {
    return with(anyMethod, hedgeOnPerTryTimeout, nanos);
  }

  /** The same policy, with or without hedging. */
  public RetryPolicy hedging(boolean onPerTryTimeout) {
    return with(anyMethod, onPerTryTimeout, perTryIdleTimeoutNanos);
  }

  private RetryPolicy with(boolean whateverMethod, boolean hedge, long idleNanos) {
    return new RetryPolicy(
        on,
        retriableStatusCodes,
        numRetries,
        perTryTimeoutNanos,
        backOff,
        hostSelection,
        whateverMethod,
        headers,
        hedge,
        idleNanos);
  }

  /** Whether there is ever a moment at which a second attempt begins beside the first. */
  public boolean hedges() {
    return hedgeOnPerTryTimeout && (perTryTimeoutNanos > 0 || perTryIdleTimeoutNanos > 0);
  }

  /** How long it takes until then; of use where this {@link #hedges}. */
  public long hedgeNanos() {
    if (perTryTimeoutNanos == 0 || perTryIdleTimeoutNanos == 0) {
      return Math.max(perTryTimeoutNanos, perTryIdleTimeoutNanos);
    }
    return Math.min(perTryTimeoutNanos, perTryIdleTimeoutNanos);
  }

  /**
   * What headers say of retries.
   *
   * @param retriable answers that have one of these are retried, under {@link
   *     RetryOn#RETRIABLE_HEADERS}
   * @param request only requests that have one of these are retried; empty means all
   * @param rateLimited how an answer says when to come back
   */
  public record HeaderRules(
      List<HeaderMatch> retriable, List<HeaderMatch> request, RateLimitedBackOff rateLimited) {
    /** They say nothing. */
    public static final HeaderRules NONE =
        new HeaderRules(List.of(), List.of(), RateLimitedBackOff.NONE);

    public HeaderRules {
      retriable = List.copyOf(retriable);
      request = List.copyOf(request);
    }
  }

  /**
   * A back-off that the upstream asks for. Source: {@code rate_limited_retry_back_off}.
   *
   * @param resetHeaders in order; the first that says something of use counts; empty means that
   *     nobody is asked
   * @param maxNanos a header that says more is of no use
   */
  public record RateLimitedBackOff(List<ResetHeader> resetHeaders, long maxNanos) {
    /** Nobody is asked. Envoy's default for the longest is 300 s. */
    public static final RateLimitedBackOff NONE =
        new RateLimitedBackOff(List.of(), 300_000_000_000L);

    public RateLimitedBackOff {
      resetHeaders = List.copyOf(resetHeaders);
      Ranges.requireNotNegative("maxNanos", maxNanos);
    }
  }

  /**
   * A header that says when to come back.
   *
   * @param name lower-case
   * @param unixTimestamp whether its value is a time in seconds since 1970 and not a number of
   *     seconds from now
   */
  public record ResetHeader(String name, boolean unixTimestamp) {
    public ResetHeader {
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The n-th retry waits a uniform number of milliseconds in {@code [0, min(max, base * 2^(n-1)))}.
   *
   * @param baseNanos at least one millisecond; Envoy's default is 25 ms
   * @param maxNanos at least the base; Envoy's default is ten times the base
   */
  public record BackOff(long baseNanos, long maxNanos) {
    /** 25 ms, at most 250 ms. */
    public static final BackOff DEFAULT = new BackOff(25_000_000L, 250_000_000L);

    public BackOff {
      if (baseNanos < 1_000_000L) {
        throw new IllegalArgumentException(
            "baseNanos: " + baseNanos + " (expected: >= 1 millisecond)");
      }
      if (maxNanos < baseNanos) {
        throw new IllegalArgumentException(
            "maxNanos: " + maxNanos + " (expected: >= baseNanos " + baseNanos + ")");
      }
    }
  }

  /**
   * Which hosts the pick of a retry turns down, and how often. Source: {@code
   * retry_host_predicate}, {@code host_selection_retry_max_attempts} and {@code retry_priority}.
   *
   * @param avoidPreviousHosts whether hosts that this call has tried are turned down
   * @param omitCanaryHosts whether hosts are whose metadata say {@code canary: true}
   * @param omitHosts hosts whose metadata hold all values of one of these are turned down
   * @param maxPicks extra picks before a host is taken that was turned down
   * @param priorityUpdateFrequency after how many attempts the priorities of the hosts tried are
   *     left out; 0 means never
   */
  public record HostSelection(
      boolean avoidPreviousHosts,
      boolean omitCanaryHosts,
      List<Metadata> omitHosts,
      int maxPicks,
      int priorityUpdateFrequency) {
    /** Takes whatever host comes. */
    public static final HostSelection ANY = new HostSelection(false, 0);

    public HostSelection {
      omitHosts = List.copyOf(omitHosts);
      Ranges.requireNotNegative("maxPicks", maxPicks);
      Ranges.requireNotNegative("priorityUpdateFrequency", priorityUpdateFrequency);
    }

    /** Turns down hosts that were tried, or none. */
    public HostSelection(boolean avoidPreviousHosts, int maxPicks) {
      this(avoidPreviousHosts, false, List.of(), maxPicks, 0);
    }

    /** Whether there is a host that would be turned down. */
    public boolean turnsDown() {
      return avoidPreviousHosts || omitCanaryHosts || !omitHosts.isEmpty();
    }
  }
}
