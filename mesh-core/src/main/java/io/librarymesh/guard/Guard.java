package io.librarymesh.guard;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;
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
  private final RandomSource random;
  private final Flights flights = new Flights();
  private final LastGood lastGood = new LastGood();
  private volatile Parts parts;

  Guard(
      String name,
      ResiliencePolicy.Rule rule,
      PermitProvider permits,
      Ticker ticker,
      RandomSource random) {
    this.name = name;
    this.permits = permits;
    this.ticker = ticker;
    this.random = random;
    this.parts =
        parts(
            rule,
            rate(rule.rateLimit()),
            bulkhead(rule.bulkhead()),
            gradient(rule.adaptiveConcurrency()));
  }

  /**
   * What is in force, read once for a call.
   *
   * @param flightKey null when no answer is shared
   * @param keepKey null when no answer is kept
   * @param rate null when there is no rate limit
   * @param bulkhead null when there is no bulkhead
   * @param gradient null when latency bounds nothing
   */
  record Parts(
      ResiliencePolicy.Rule rule,
      @Nullable RequestKey flightKey,
      @Nullable RequestKey keepKey,
      @Nullable RatePermits rate,
      @Nullable BulkheadLine bulkhead,
      @Nullable GradientController gradient,
      FallbackPlan fallback) {
    Coalesce coalesce() {
      return rule.coalesce();
    }

    RateLimit rateLimit() {
      return rule.rateLimit();
    }

    Bulkhead bulkheadLimit() {
      return rule.bulkhead();
    }

    LastGoodResponse lastGood() {
      return rule.fallback().lastGood();
    }
  }

  private static Parts parts(
      ResiliencePolicy.Rule rule,
      @Nullable RatePermits rate,
      @Nullable BulkheadLine bulkhead,
      @Nullable GradientController gradient) {
    Coalesce coalesce = rule.coalesce();
    LastGoodResponse keep = rule.fallback().lastGood();
    return new Parts(
        rule,
        coalesce.isNone() ? null : RequestKey.comparing(coalesce.headers()),
        keep.isNone() ? null : RequestKey.comparing(keep.headers()),
        rate,
        bulkhead,
        gradient,
        FallbackPlan.compile(rule.fallback()));
  }

  /**
   * Puts a new configuration in force. Calls that run stay counted by a bulkhead of another size,
   * and answers that are kept stay as long as there is room; a rate limit or an adaptive bound that
   * differs begins anew.
   */
  void update(ResiliencePolicy.Rule rule) {
    Parts before = parts;
    RatePermits rate =
        rule.rateLimit().equals(before.rateLimit()) ? before.rate() : rate(rule.rateLimit());
    GradientController gradient =
        rule.adaptiveConcurrency().equals(before.rule().adaptiveConcurrency())
            ? before.gradient()
            : gradient(rule.adaptiveConcurrency());
    parts = parts(rule, rate, resized(before, rule.bulkhead()), gradient);
    lastGood.trim(rule.fallback().lastGood().maxEntries());
  }

  /**
   * A call that is about to begin.
   *
   * @param scope requests of different scopes share nothing: what the route of the call goes by
   */
  public GuardedCall call(RequestHead request, String scope) {
    Parts now = parts;
    return new GuardedCall(name, now, Sharing.of(this, now, request, scope));
  }

  /** The policy and its rule, for people. */
  public String name() {
    return name;
  }

  /** What is in force. */
  public ResiliencePolicy.Rule rule() {
    return parts.rule();
  }

  /** Whether the fallback takes the place of an answer of the mesh with a status. */
  public boolean coversStatus(int status) {
    return parts.fallback().appliesTo(status, Failure.NONE);
  }

  /** How many calls the adaptive bound lets run at once now; 0 when there is none. */
  public int concurrencyLimit() {
    GradientController gradient = parts.gradient();
    return gradient == null ? 0 : gradient.limit();
  }

  Flights flights() {
    return flights;
  }

  LastGood lastGood() {
    return lastGood;
  }

  private @Nullable RatePermits rate(RateLimit limit) {
    return limit.isNone() ? null : permits.rate(name, limit, ticker);
  }

  private @Nullable BulkheadLine bulkhead(Bulkhead bulkhead) {
    return bulkhead.isNone() ? null : new BulkheadLine(permits.bulkhead(name, bulkhead));
  }

  private @Nullable GradientController gradient(AdaptiveConcurrency config) {
    return config.isNone() ? null : new GradientController(config, random, ticker.nanos());
  }

  private @Nullable BulkheadLine resized(Parts before, Bulkhead bulkhead) {
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
