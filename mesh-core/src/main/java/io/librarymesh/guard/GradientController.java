package io.librarymesh.guard;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bound of how many calls run at once, and how it follows their latency. Source: Envoy {@code
 * gradient_controller.cc}.
 *
 * <p>Windows have no timers: what was due is made up for by the next call that begins or ends,
 * before it is looked at, and since nothing is counted between calls this comes to the same. Any
 * thread; the lock is held for a sample and for the end of a window, by calls of a rule that asks
 * for this and by no other, and not to be let in.
 */
final class GradientController {
  private static final double SMALLEST_GRADIENT = 0.5;
  private static final double LARGEST_GRADIENT = 2;

  /** So many windows in a row at the smallest bound say that the measured latency is outdated. */
  private static final int WINDOWS_AT_MINIMUM = 5;

  private final AdaptiveConcurrency config;
  private final RandomSource random;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile int limit;

  /** While the latency without load is measured, which ends by its samples and not by time. */
  private volatile boolean measuring;

  /** When time has something to do next, unless the latency without load is measured. */
  private volatile long due;

  // Guarded by this.
  private final LatencySamples samples = new LatencySamples();
  private long minRttMicros;
  private int limitBefore;
  private long epoch;
  private long windowEnd;
  private long nextMeasurement;
  private int updatesAtMinimum;

  GradientController(AdaptiveConcurrency config, RandomSource random, long now) {
    this.config = config;
    this.random = random;
    this.limit = config.minRtt().minConcurrency();
    this.windowEnd = now + config.concurrencyUpdateIntervalNanos();
    this.due = windowEnd;
    if (config.minRtt().isMeasured()) {
      measure(now);
    } else {
      minRttMicros = TimeUnit.NANOSECONDS.toMicros(config.minRtt().fixedNanos());
    }
  }

  /** Counts a call in, if the bound has room. */
  boolean tryBegin(long now) {
    catchUp(now);
    int running;
    do {
      running = inFlight.get();
      if (running >= limit) {
        return false;
      }
    } while (!inFlight.compareAndSet(running, running + 1));
    return true;
  }

  /**
   * Counts a call out that has come to its end.
   *
   * @param began when it was counted in
   */
  void end(long began, long now) {
    inFlight.decrementAndGet();
    catchUp(now);
    sample(began, now);
  }

  /** Counts a call out that broke off, which says nothing of its latency. */
  void abandon() {
    inFlight.decrementAndGet();
  }

  /** How many calls may run at once. */
  int limit() {
    return limit;
  }

  int inFlight() {
    return inFlight.get();
  }

  /**
   * What becomes of a bound.
   *
   * @param sampleMicros the latency of the window that has ended
   */
  static int newLimit(int limit, long minRttMicros, long sampleMicros, AdaptiveConcurrency config) {
    double allowed = minRttMicros * (1 + config.minRtt().bufferPercent() / 100);
    double raw = sampleMicros == 0 ? LARGEST_GRADIENT : allowed / sampleMicros;
    double scaled = limit * Math.max(SMALLEST_GRADIENT, Math.min(LARGEST_GRADIENT, raw));
    int next = (int) (scaled + Math.sqrt(scaled));
    return Math.max(config.minRtt().minConcurrency(), Math.min(config.maxConcurrencyLimit(), next));
  }

  private void catchUp(long now) {
    if (!measuring && now - due >= 0) {
      passUntil(now);
    }
  }

  private synchronized void passUntil(long now) {
    while (!measuring && now - due >= 0) {
      if (config.minRtt().isMeasured() && nextMeasurement - windowEnd < 0) {
        measure(nextMeasurement);
      } else {
        endWindow(now);
      }
    }
  }

  private void endWindow(long now) {
    long ended = windowEnd;
    if (samples.count() > 0) {
      long sampled = samples.percentile(config.sampleAggregatePercentile());
      samples.clear();
      update(newLimit(limit, minRttMicros, sampled, config));
    }
    if (updatesAtMinimum >= WINDOWS_AT_MINIMUM && config.minRtt().isMeasured()) {
      nextMeasurement = ended;
    }
    // Windows in which there was no call change nothing.
    long interval = config.concurrencyUpdateIntervalNanos();
    windowEnd = ended + ((now - ended) / interval + 1) * interval;
    due = nextDue();
  }

  private void update(int next) {
    int least = config.minRtt().minConcurrency();
    updatesAtMinimum = limit == least && next == least ? updatesAtMinimum + 1 : 0;
    limit = next;
  }

  private void measure(long now) {
    measuring = true;
    samples.clear();
    epoch = now;
    updatesAtMinimum = 0;
    limitBefore = limit;
    limit = config.minRtt().minConcurrency();
  }

  private synchronized void sample(long began, long now) {
    if (began - epoch < 0) {
      // It ran with more at once than the latency without load is measured with.
      return;
    }
    samples.add(TimeUnit.NANOSECONDS.toMicros(now - began));
    if (measuring && samples.count() >= config.minRtt().requestCount()) {
      endMeasurement(now);
    }
  }

  private void endMeasurement(long now) {
    minRttMicros = samples.percentile(config.sampleAggregatePercentile());
    samples.clear();
    limit = limitBefore;
    windowEnd = now + config.concurrencyUpdateIntervalNanos();
    nextMeasurement = now + config.minRtt().intervalNanos() + jitter();
    due = nextDue();
    measuring = false;
  }

  private long nextDue() {
    return config.minRtt().isMeasured() && nextMeasurement - windowEnd < 0
        ? nextMeasurement
        : windowEnd;
  }

  /** In whole milliseconds, as Envoy's. */
  private long jitter() {
    double nanos = config.minRtt().intervalNanos() * (config.minRtt().jitterPercent() / 100);
    long millis = TimeUnit.NANOSECONDS.toMillis((long) nanos);
    if (millis < 1) {
      return 0;
    }
    int bound = (int) Math.min(Integer.MAX_VALUE, millis);
    return TimeUnit.MILLISECONDS.toNanos(random.nextInt(bound, Draw.MIN_RTT_JITTER));
  }
}
