package io.librarymesh.attempt;

import io.librarymesh.time.Ticker;

/**
 * Bounds how long no byte of a call may come or go. A driver tells of bytes, and asks how much time
 * is left; when that has passed, it asks again, since bytes may have moved meanwhile, and only then
 * breaks the call off. So a byte costs a note of the time, and no timer is set anew.
 *
 * <p>Any thread.
 */
final class Silence {
  private final Ticker ticker;
  private final long streamNanos;
  private final long perTryNanos;

  /** When the last byte moved, or the call began. */
  private volatile long moved;

  /** When the last byte came, or the attempt got its connection; of no use before that. */
  private volatile long received;

  private volatile boolean connected;

  /** Whether silence of the upstream is no reason to end the attempt. */
  private volatile boolean hedged;

  /**
   * @param streamNanos silence in both directions, from the beginning of the call
   * @param perTryNanos silence of the upstream, from when an attempt has its connection
   */
  Silence(Ticker ticker, long streamNanos, long perTryNanos, long now) {
    this.ticker = ticker;
    this.streamNanos = streamNanos;
    this.perTryNanos = perTryNanos;
    this.moved = now;
    this.received = now;
  }

  /** Some of the request went out. */
  void sent() {
    moved = ticker.nanos();
  }

  /** Some of the response came. */
  void received() {
    received(ticker.nanos());
  }

  void received(long now) {
    moved = now;
    received = now;
  }

  /**
   * An attempt begins, without a connection.
   *
   * @param isHedged whether silence of the upstream before its response begins another beside it
   */
  void attemptBegins(boolean isHedged) {
    connected = false;
    hedged = isHedged;
  }

  /** The response head is there, and the upstream's silence counts again. */
  void responseBegins(long now) {
    hedged = false;
    received(now);
  }

  /** The attempt has its connection. */
  void connected(long now) {
    received = now;
    connected = true;
  }

  /**
   * How much longer it may last if nothing moves; 0 or less when it has lasted too long, {@link
   * Long#MAX_VALUE} when it may last for ever.
   */
  long remainingNanos() {
    long now = ticker.nanos();
    return Math.min(streamRemaining(now), perTryRemaining(now));
  }

  long streamRemaining(long now) {
    return CallTimer.left(streamNanos, now - moved);
  }

  long perTryRemaining(long now) {
    return connected && !hedged ? CallTimer.left(perTryNanos, now - received) : CallTimer.NEVER;
  }
}
