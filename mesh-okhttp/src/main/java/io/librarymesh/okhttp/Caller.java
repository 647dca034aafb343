package io.librarymesh.okhttp;

import io.librarymesh.Step;
import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a call: whether it gave up or ran out of its own time, and whom that
 * concerns. Any thread.
 */
final class Caller extends EventListener {
  private volatile boolean timedOut;
  private volatile boolean gone;
  private volatile @Nullable Runnable concerned;

  private final Scheduler scheduler;
  private final Ending ending;
  private @Nullable Deadline timeout;
  private @Nullable IOException failure;
  private boolean answered;
  private boolean bodyOpen;
  private boolean finished;

  /**
   * The caller of one call.
   *
   * @param scheduler runs the timers of this call
   */
  Caller(Scheduler scheduler, Ending ending) {
    this.scheduler = scheduler;
    this.ending = ending;
  }

  /** Runs the timers of this call. */
  Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public void canceled(Call call) {
    leave();
  }

  /**
   * @param nanos the caller's bound for everything, bodies included; 0 for none. OkHttp itself
   *     stops counting when an interceptor returns.
   */
  synchronized void start(long nanos) {
    timeout = Deadline.start(scheduler, nanos == 0 ? Long.MAX_VALUE : nanos, this::runOut);
  }

  /** From here on there is no bound. */
  synchronized void unbound() {
    Deadline.stop(timeout);
    timeout = null;
  }

  synchronized boolean hasTimeout() {
    return timeout != null;
  }

  /** A response with a body that has not ended was delivered; it may not be the last. */
  synchronized void bodyBegan() {
    bodyOpen = true;
  }

  /**
   * @param cause null when the body ended as it should
   */
  void bodyEnded(@Nullable IOException cause) {
    synchronized (this) {
      bodyOpen = false;
      failure = cause;
    }
    finishIfDone();
  }

  /** The response delivered last is the one the caller gets. */
  void answered() {
    synchronized (this) {
      answered = true;
    }
    finishIfDone();
  }

  /** The call failed; nothing is left to bound. */
  synchronized void failed() {
    Deadline.stop(timeout);
  }

  private void finishIfDone() {
    IOException cause;
    synchronized (this) {
      if (finished || bodyOpen || !answered) {
        return;
      }
      finished = true;
      Deadline.stop(timeout);
      cause = failure;
    }
    ending.ended(cause);
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
    Pause pause = Pause.begin(wait, this, woken::countDown);
    try {
      woken.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      pause.run();
      whenGone(null);
    }
    throwIfGone();
  }

  void throwIfGone() throws IOException {
    if (gone) {
      throw timedOut ? new InterruptedIOException("timeout") : new IOException("Canceled");
    }
  }

  /** Hears once when the body of the last response has ended; not when there was no response. */
  interface Ending {
    void ended(@Nullable IOException failure);
  }
}
