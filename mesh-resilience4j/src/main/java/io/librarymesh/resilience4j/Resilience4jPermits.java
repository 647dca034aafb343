package io.librarymesh.resilience4j;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.RateLimit;
import io.librarymesh.guard.BulkheadPermits;
import io.librarymesh.guard.PermitProvider;
import io.librarymesh.guard.RatePermits;
import io.librarymesh.time.Ticker;
import java.time.Duration;
import java.util.Map;

/**
 * Makes Resilience4j's rate limiters and bulkheads. Neither ever blocks a thread: of a rate limiter
 * a permit is reserved and the call waits for it, and a bulkhead is only ever tried, while those
 * who wait stand in the mesh's own line.
 */
public final class Resilience4jPermits implements PermitProvider {
  /** For {@link java.util.ServiceLoader}. */
  public Resilience4jPermits() {}

  @Override
  public RatePermits rate(String name, RateLimit limit, Ticker ticker) {
    RateLimiterConfig config =
        RateLimiterConfig.custom()
            .limitForPeriod(limit.requests())
            .limitRefreshPeriod(Duration.ofNanos(limit.intervalNanos()))
            .timeoutDuration(Duration.ofNanos(limit.maxWaitNanos()))
            .build();
    // The factory methods of the interface know the JVM's clock only.
    return new AtomicRateLimiter(name, config, Map.of(), ticker::nanos)::reservePermission;
  }

  @Override
  public BulkheadPermits bulkhead(String name, Bulkhead bulkhead) {
    BulkheadConfig config =
        BulkheadConfig.custom()
            .maxConcurrentCalls(bulkhead.maxConcurrentCalls())
            .maxWaitDuration(Duration.ZERO)
            .build();
    return new ResizableBulkhead(io.github.resilience4j.bulkhead.Bulkhead.of(name, config));
  }
}
