package io.librarymesh.okhttp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits until every call of a case stands still, and brings what goes wrong on other threads to the
 * one that drives the case. The calls keep their state under its lock.
 */
final class Standstill {
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private final List<ScriptedCall> calls = new ArrayList<>();
  private IntSupplier beside = () -> 0;
  private @Nullable Throwable failure;

  /** How many attempts run beside others, whosoever they are; nobody tells when that changes. */
  synchronized void watch(IntSupplier attemptsBeside) {
    beside = attemptsBeside;
  }

  /** How many attempts a call has on their way, if it has not ended. */
  synchronized int lanesOf(ScriptedCall call) {
    int others = 0;
    for (ScriptedCall other : calls) {
      others += other == call ? 0 : Math.max(0, other.standing() - 1);
    }
    return 1 + beside.getAsInt() - others;
  }

  synchronized void add(ScriptedCall call) {
    calls.add(call);
  }

  synchronized List<ScriptedCall> calls() {
    return List.copyOf(calls);
  }

  /** The case has failed, whatever else happens. */
  synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  /** Comes back when no call is on its way. */
  synchronized void await() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (failure == null && calls.stream().anyMatch(ScriptedCall::isMoving)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("calls: " + calls + " (expected: to stand still)");
      }
      boolean told = calls.stream().noneMatch(call -> call.lanes().isPresent());
      wait(told ? left / 1_000_000 + 1 : 1);
    }
    throwFailure();
  }

  synchronized void throwFailure() {
    if (failure != null) {
      throw new AssertionError(String.valueOf(failure), failure);
    }
  }
}
