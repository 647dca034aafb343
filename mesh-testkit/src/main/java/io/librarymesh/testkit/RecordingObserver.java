package io.librarymesh.testkit;

import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.telemetry.MeshObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Remembers every finished call. Any thread. */
public final class RecordingObserver implements MeshObserver {
  private final List<CallRecord> calls = new ArrayList<>();

  @Override
  public synchronized void onCallEnd(CallRecord call) {
    calls.add(call);
    notifyAll();
  }

  /** The finished calls, in the order they ended. */
  public synchronized List<CallRecord> calls() {
    return List.copyOf(calls);
  }

  /** The call that ended last; fails when none has. */
  public synchronized CallRecord last() {
    if (calls.isEmpty()) {
      throw new AssertionError("finished calls: 0 (expected: >= 1)");
    }
    return calls.get(calls.size() - 1);
  }

  /**
   * Waits until {@code count} calls have ended in all, for adapters that end a call on another
   * thread; fails when they have not within {@code bound}.
   */
  public synchronized List<CallRecord> await(int count, Duration bound)
      throws InterruptedException {
    long deadline = System.nanoTime() + bound.toNanos();
    while (calls.size() < count) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError(
            "finished calls: " + calls.size() + " after " + bound + " (expected: " + count + ")");
      }
      // One more millisecond: rounding down would spin through the last one.
      wait(left / 1_000_000 + 1);
    }
    return List.copyOf(calls);
  }
}
