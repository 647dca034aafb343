package io.librarymesh.attempt;

import io.librarymesh.Interleavings;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** A budget that is all but spent: its last retries are given once each. */
@Param(name = "second", gen = IntGen.class, conf = "0:1")
public class RetryBudgetInterleavingsTest {
  private static final long SECOND = 1_000_000_000L;

  private final RetryBudget budget = RetryBudget.startingAt(0);

  public RetryBudgetInterleavingsTest() {
    for (int i = 0; i < 53; i++) {
      budget.onCall();
    }
    for (int i = 0; i < 9; i++) {
      budget.tryWithdraw(0);
    }
  }

  @Operation
  public void call() {
    budget.onCall();
  }

  @Operation
  public boolean retry(@Param(name = "second") int second) {
    return budget.tryWithdraw(second * SECOND);
  }

  @Test
  void areAllThoseOfOneThread() {
    Interleavings.check(RetryBudgetInterleavingsTest.class);
  }
}
