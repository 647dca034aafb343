package io.librarymesh.okhttp;

import io.librarymesh.Step;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.time.Signal;
import java.util.ArrayList;
import java.util.List;

/**
 * A wait between two steps of a call: over, once, when its time has passed, its signal fires or the
 * caller leaves. Any thread.
 */
final class Pause implements Runnable {
  private final Step.Wait wait;
  private final Runnable over;
  private final List<Cancellable> alarms = new ArrayList<>(2);
  private boolean ended;

  private Pause(Step.Wait wait, Runnable over) {
    this.wait = wait;
    this.over = over;
  }

  /**
   * Begins to wait.
   *
   * @param over run by whoever ends the wait, which may be this thread at once
   */
  static Pause begin(Step.Wait wait, Caller caller, Runnable over) {
    Pause pause = new Pause(wait, over);
    caller.whenGone(pause);
    Signal signal = wait.signal();
    if (signal != null) {
      pause.hold(signal.subscribe(pause));
    }
    pause.startClock(caller);
    return pause;
  }

  /** What is waited for. */
  Step.Wait step() {
    return wait;
  }

  /** Ends the wait; does nothing when it is over. */
  @Override
  public void run() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    alarms.forEach(Cancellable::cancel);
    over.run();
  }

  private void hold(Cancellable alarm) {
    synchronized (this) {
      if (!ended) {
        alarms.add(alarm);
        return;
      }
    }
    alarm.cancel();
  }

  /** Last of all and not when the wait is over, so that no alarm is set that nobody stops. */
  private synchronized void startClock(Caller caller) {
    if (!ended) {
      alarms.add(caller.scheduler().schedule(this, wait.nanos()));
    }
  }
}
