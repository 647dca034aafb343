package io.librarymesh.fault;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * The compiled fault of one route.
 *
 * <p>Delay and abort are drawn independently, the delay first: 20 % delays and 5 % aborts touch 24
 * % of the requests, and a request that drew both is delayed, then aborted. Both draws are taken at
 * once, before the wait; as they are independent that changes nothing but the time of the second.
 * Never allocates. Any thread. Source: Envoy {@code filters.http.fault.v3.HTTPFault}.
 */
public final class FaultPlan {
  private static final int MILLION = 1_000_000;

  private final int delayPerMillion;
  private final int abortPerMillion;
  private final FaultDecision delay;
  private final FaultDecision abort;
  private final FaultDecision delayThenAbort;

  private FaultPlan(FaultInjection injection) {
    delayPerMillion = perMillion(injection.delay().share());
    abortPerMillion = perMillion(injection.abort().share());
    abort = new FaultDecision.Abort(injection.abort().httpStatus());
    delay = new FaultDecision.Delay(injection.delay().nanos(), FaultDecision.None.INSTANCE);
    delayThenAbort = new FaultDecision.Delay(injection.delay().nanos(), abort);
  }

  /** Compiles what a route was configured with. */
  public static FaultPlan compile(FaultInjection injection) {
    return new FaultPlan(injection);
  }

  private static int perMillion(FractionalPercent share) {
    long scaled = (long) share.numerator() * (MILLION / share.denominator());
    return (int) Math.min(scaled, MILLION);
  }

  /** Whether no request can get a fault, so that {@link #decide} need not be asked. */
  public boolean isNone() {
    return delayPerMillion == 0 && abortPerMillion == 0;
  }

  /**
   * Draws the fault of one request: {@link Draw#FAULT_DELAY}, then {@link Draw#FAULT_ABORT}, each
   * below one million; 0 % and 100 % draw nothing.
   */
  public FaultDecision decide(RandomSource random) {
    boolean delayed = hits(delayPerMillion, random, Draw.FAULT_DELAY);
    boolean aborted = hits(abortPerMillion, random, Draw.FAULT_ABORT);
    if (delayed) {
      return aborted ? delayThenAbort : delay;
    }
    return aborted ? abort : FaultDecision.None.INSTANCE;
  }

  private static boolean hits(int perMillion, RandomSource random, Draw draw) {
    if (perMillion == 0 || perMillion == MILLION) {
      return perMillion != 0;
    }
    return random.nextInt(MILLION, draw) < perMillion;
  }
}
