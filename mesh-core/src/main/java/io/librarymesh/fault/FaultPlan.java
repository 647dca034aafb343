package io.librarymesh.fault;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * The compiled fault of one route.
 *
 * <p>The limit of the response's rate, the delay and the abort are drawn independently, in this
 * order: 20 % delays and 5 % aborts touch 24 % of the requests, and a request that drew both is
 * delayed, then aborted. All draws are taken at once, before the wait; as they are independent that
 * changes nothing but the time of the later ones. Allocates only where requests ask for their
 * faults or their responses are slowed down. Any thread. Source: Envoy {@code
 * filters.http.fault.v3.HTTPFault}.
 */
public final class FaultPlan {
  private static final int MILLION = 1_000_000;

  private final FaultInjection injection;
  private final @Nullable FaultGate gate;
  private final int throttlePerMillion;
  private final int delayPerMillion;
  private final int abortPerMillion;
  private final FaultDecision delay;
  private final FaultDecision abort;
  private final FaultDecision delayThenAbort;
  private final @Nullable RequestedFault requested;

  private FaultPlan(FaultInjection injection) {
    this.injection = injection;
    FaultGate of = new FaultGate(injection.gate());
    gate = of.isOpen() ? null : of;
    throttlePerMillion = perMillion(injection.responseRateLimit().share());
    delayPerMillion = perMillion(injection.delay().share());
    abortPerMillion = perMillion(injection.abort().share());
    abort = abort(injection.abort());
    delay = new FaultDecision.Delay(injection.delay().nanos(), FaultDecision.None.INSTANCE);
    delayThenAbort = new FaultDecision.Delay(injection.delay().nanos(), abort);
    boolean byHeader =
        injection.delay().byHeader()
            || injection.abort().byHeader()
            || injection.responseRateLimit().byHeader();
    requested = byHeader ? new RequestedFault(injection) : null;
  }

  static FaultDecision abort(FaultInjection.Abort abort) {
    return abort.grpcStatus() < 0
        ? new FaultDecision.Abort(abort.httpStatus())
        : new FaultDecision.Abort(200, abort.grpcStatus());
  }

  /** Compiles what a route was configured with. */
  public static FaultPlan compile(FaultInjection injection) {
    return new FaultPlan(injection);
  }

  static int perMillion(FractionalPercent share) {
    return perMillion(share.numerator(), share.denominator());
  }

  static int perMillion(long numerator, int denominator) {
    return (int) Math.min(numerator * (MILLION / denominator), MILLION);
  }

  /** Whether no request can get a fault, so that {@link #decide} need not be asked. */
  public boolean isNone() {
    return throttlePerMillion == 0 && delayPerMillion == 0 && abortPerMillion == 0;
  }

  /** How many requests of a mesh may have a fault at one time. */
  public int maxActive() {
    return injection.maxActive();
  }

  /**
   * The only cluster on the way to which {@link #decide} may be asked; empty for any. Source: Envoy
   * {@code HTTPFault.upstream_cluster}.
   */
  public String upstreamCluster() {
    return injection.gate().upstreamCluster();
  }

  /** Whether a request is one that may get a fault, its cluster aside. */
  public boolean concerns(RequestHead head) {
    return gate == null || gate.lets(head);
  }

  /**
   * Draws the fault of one request: {@link Draw#FAULT_RESPONSE_RATE_LIMIT}, {@link
   * Draw#FAULT_DELAY}, then {@link Draw#FAULT_ABORT}, each below one million; 0 % and 100 % draw
   * nothing.
   */
  public FaultDecision decide(RequestHead head, RandomSource random) {
    if (!concerns(head)) {
      return FaultDecision.None.INSTANCE;
    }
    if (requested != null) {
      return requested.decide(head, random);
    }
    if (hits(throttlePerMillion, random, Draw.FAULT_RESPONSE_RATE_LIMIT)) {
      long rate = injection.responseRateLimit().kibPerSecond();
      return new FaultDecision.Throttle(rate, decideRequest(random));
    }
    return decideRequest(random);
  }

  private FaultDecision decideRequest(RandomSource random) {
    boolean delayed = hits(delayPerMillion, random, Draw.FAULT_DELAY);
    boolean aborted = hits(abortPerMillion, random, Draw.FAULT_ABORT);
    if (delayed) {
      return aborted ? delayThenAbort : delay;
    }
    return aborted ? abort : FaultDecision.None.INSTANCE;
  }

  static boolean hits(int perMillion, RandomSource random, Draw draw) {
    if (perMillion == 0 || perMillion == MILLION) {
      return perMillion != 0;
    }
    return random.nextInt(MILLION, draw) < perMillion;
  }
}
