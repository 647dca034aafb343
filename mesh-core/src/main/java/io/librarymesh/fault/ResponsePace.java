package io.librarymesh.fault;

import io.librarymesh.time.Ticker;

/**
 * How fast the body of one response may be read: sixteen slices a second, the first of them at
 * once. What is not used is saved up, a second's worth at most; it begins when the fault is drawn,
 * so that an upstream that takes its time leaves something to begin with.
 *
 * <p>Confined to whoever reads the body. Source: Envoy's {@code StreamRateLimiter}.
 */
public final class ResponsePace {
  private static final int SLICES_A_SECOND = 16;
  private static final long SECOND = 1_000_000_000L;
  private static final long SLICE_NANOS = SECOND / SLICES_A_SECOND;
  private static final long KIB = 1024;
  private static final long MOST_KIB = Long.MAX_VALUE / KIB / SLICES_A_SECOND;

  private final Ticker ticker;
  private final long sliceBytes;

  /** The time that is worth something still, up to {@link #asked}. */
  private long savedNanos = SLICE_NANOS;

  private long asked;

  /** What is left of the slice that was begun. */
  private long left;

  ResponsePace(long kibPerSecond, Ticker ticker) {
    this.ticker = ticker;
    this.sliceBytes = Math.min(kibPerSecond, MOST_KIB) * KIB / SLICES_A_SECOND;
    this.asked = ticker.nanos();
  }

  /** How many bytes may be read now. */
  public long available() {
    save();
    return left + savedNanos / SLICE_NANOS * sliceBytes;
  }

  /** Says that bytes were read, as many as were available at most. */
  public void read(long bytes) {
    long beyond = bytes - left;
    if (beyond <= 0) {
      left = -beyond;
      return;
    }
    long slices = (beyond + sliceBytes - 1) / sliceBytes;
    savedNanos -= slices * SLICE_NANOS;
    left = slices * sliceBytes - beyond;
  }

  /** How long it takes from now until there is another slice; more than 0 when there is none. */
  public long nanosToNext() {
    save();
    return Math.max(0, SLICE_NANOS - savedNanos);
  }

  private void save() {
    long now = ticker.nanos();
    savedNanos = Math.min(SECOND, savedNanos + (now - asked));
    asked = now;
  }
}
