package io.librarymesh.guard;

import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.time.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a policy with its counts, which outlive a configuration. There is one for each rule
 * and virtual host in a mesh, so that all clients of the process are counted together. Any thread.
 */
public final class Guard {
  private final String name;
  private final PermitProvider permits;
  private final Ticker ticker;
  private volatile Limiters limiters;

  Guard(String name, ResiliencePolicy.Rule rule, PermitProvider permits, Ticker ticker) {
    this.name = name;
    this.permits = permits;
    this.ticker = ticker;
    this.limiters =
        new Limiters(
            rule.rateLimit(), rate(rule.rateLimit()), rule.bulkhead(), bulkhead(rule.bulkhead()));
  }

  /**
   * What is in force, read once for a call.
   *
   * @param rate null when there is no rate limit
   * @param bulkhead null when there is no bulkhead
   */
  record Limiters(
      RateLimit rateLimit,
      @Nullable RatePermits rate,
      Bulkhead bulkheadLimit,
      @Nullable BulkheadLine bulkhead) {}

  /**
   * Puts a new configuration in force. Calls that run stay counted by a bulkhead of another size; a
   * rate limit that differs begins anew, with all its requests available.
   */
  void update(ResiliencePolicy.Rule rule) {
    Limiters before = limiters;
    RatePermits rate =
        rule.rateLimit().equals(before.rateLimit()) ? before.rate() : rate(rule.rateLimit());
    limiters =
        new Limiters(rule.rateLimit(), rate, rule.bulkhead(), resized(before, rule.bulkhead()));
  }

  /** A call that is about to begin. */
  public GuardedCall call() {
    return new GuardedCall(this);
  }

  /** The policy and its rule, for people. */
  public String name() {
    return name;
  }

  Limiters limiters() {
    return limiters;
  }

  private @Nullable RatePermits rate(RateLimit limit) {
    return limit.isNone() ? null : permits.rate(name, limit, ticker);
  }

  private @Nullable BulkheadLine bulkhead(Bulkhead bulkhead) {
    return bulkhead.isNone() ? null : new BulkheadLine(permits.bulkhead(name, bulkhead));
  }

  private @Nullable BulkheadLine resized(Limiters before, Bulkhead bulkhead) {
    BulkheadLine line = before.bulkhead();
    if (line == null || bulkhead.isNone()) {
      return bulkhead(bulkhead);
    }
    if (bulkhead.maxConcurrentCalls() != before.bulkheadLimit().maxConcurrentCalls()) {
      line.resize(bulkhead.maxConcurrentCalls());
    }
    return line;
  }
}
