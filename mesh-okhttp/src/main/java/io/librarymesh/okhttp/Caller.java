package io.librarymesh.okhttp;

import io.librarymesh.Step;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Signal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a call: whether it gave up or ran out of its own time, and whom that
 * concerns. Any thread.
 */
final class Caller extends EventListener {
  private final @Nullable Deadline timeout;
  private volatile boolean timedOut;
  private volatile boolean gone;
  private volatile @Nullable Runnable concerned;

  /**
   * @param timeoutNanos the caller's bound for everything, bodies included; 0 for none. OkHttp
   *     itself stops counting when an interceptor returns.
   */
  Caller(long timeoutNanos) {
    timeout = Deadline.start(timeoutNanos == 0 ? Long.MAX_VALUE : timeoutNanos, this::runOut);
  }

  @Override
  public void canceled(Call call) {
    leave();
  }

  /** Nothing is left to bound. */
  void finish() {
    Deadline.stop(timeout);
  }

  boolean hasTimeout() {
    return timeout != null;
  }

  boolean isTimedOut() {
    return timedOut;
  }

  private void runOut() {
    timedOut = true;
    leave();
  }

  void leave() {
    gone = true;
    Runnable now = concerned;
    if (now != null) {
      now.run();
    }
  }

  boolean isGone() {
    return gone;
  }

  /**
   * Runs {@code action}, once or twice, when the caller gives up, in place of what was set before;
   * at once when it has.
   */
  void whenGone(@Nullable Runnable action) {
    concerned = action;
    if (gone && action != null) {
      action.run();
    }
  }

  /** Blocks until the step may be left or the caller gives up. */
  void await(Step.Wait wait) throws IOException {
    CountDownLatch woken = new CountDownLatch(1);
    whenGone(woken::countDown);
    Signal signal = wait.signal();
    Scheduler.Cancellable subscription =
        signal == null ? () -> {} : signal.subscribe(woken::countDown);
    try {
      boolean unused = woken.await(wait.nanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      subscription.cancel();
      whenGone(null);
    }
    throwIfGone();
  }

  void throwIfGone() throws IOException {
    if (gone) {
      throw timedOut ? new InterruptedIOException("timeout") : new IOException("Canceled");
    }
  }
}
