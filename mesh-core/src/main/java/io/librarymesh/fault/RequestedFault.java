package io.librarymesh.fault;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.HeaderNumber;
import io.librarymesh.route.RequestHead;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fault of which at least one part is what the request asks for in its headers. A header that is
 * missing or says nothing of use asks for nothing. Source: Envoy {@code HeaderDelay}, {@code
 * HeaderAbort} and {@code HeaderLimit} of {@code fault_config.cc}.
 */
final class RequestedFault {
  private static final String DELAY = "x-envoy-fault-delay-request";
  private static final String ABORT = "x-envoy-fault-abort-request";
  private static final String GRPC_ABORT = "x-envoy-fault-abort-grpc-request";
  private static final String THROUGHPUT = "x-envoy-fault-throughput-response";
  private static final String PERCENTAGE = "-percentage";
  private static final int MAX_DIGITS = 18;
  private static final long LONGEST_DELAY_MILLIS = TimeUnit.DAYS.toMillis(365);

  private final FaultInjection injection;

  RequestedFault(FaultInjection injection) {
    this.injection = injection;
  }

  FaultDecision decide(RequestHead head, RandomSource random) {
    FaultInjection.ResponseRateLimit limit = injection.responseRateLimit();
    long rate =
        limit.byHeader()
            ? HeaderNumber.of(head.header(THROUGHPUT), MAX_DIGITS)
            : limit.kibPerSecond();
    int throttled =
        rate <= 0 ? 0 : share(head, limit.byHeader() ? THROUGHPUT : null, limit.share());
    return FaultPlan.hits(throttled, random, Draw.FAULT_RESPONSE_RATE_LIMIT)
        ? new FaultDecision.Throttle(rate, decideRequest(head, random))
        : decideRequest(head, random);
  }

  private FaultDecision decideRequest(RequestHead head, RandomSource random) {
    FaultInjection.Delay delay = injection.delay();
    long nanos = delay.byHeader() ? delayNanos(head) : delay.nanos();
    int delayed = nanos == 0 ? 0 : share(head, delay.byHeader() ? DELAY : null, delay.share());
    FaultInjection.Abort abort = injection.abort();
    FaultDecision answer = abort.byHeader() ? abort(head) : fixed(abort);
    int aborted =
        answer.kind() == FaultDecision.Kind.NONE
            ? 0
            : share(head, abort.byHeader() ? ABORT : null, abort.share());
    boolean delays = FaultPlan.hits(delayed, random, Draw.FAULT_DELAY);
    FaultDecision then =
        FaultPlan.hits(aborted, random, Draw.FAULT_ABORT) ? answer : FaultDecision.None.INSTANCE;
    return delays ? new FaultDecision.Delay(nanos, then) : then;
  }

  private static FaultDecision fixed(FaultInjection.Abort abort) {
    if (abort.share().numerator() == 0) {
      return FaultDecision.None.INSTANCE;
    }
    return FaultPlan.abort(abort);
  }

  private static long delayNanos(RequestHead head) {
    long millis = HeaderNumber.of(head.header(DELAY), MAX_DIGITS);
    return TimeUnit.MILLISECONDS.toNanos(Math.max(0, Math.min(millis, LONGEST_DELAY_MILLIS)));
  }

  /** The status of HTTP goes before that of gRPC. */
  private static FaultDecision abort(RequestHead head) {
    long status = HeaderNumber.of(head.header(ABORT), MAX_DIGITS);
    if (status >= 200 && status <= 599) {
      return new FaultDecision.Abort((int) status);
    }
    long grpc = HeaderNumber.of(head.header(GRPC_ABORT), MAX_DIGITS);
    return grpc >= 0 && grpc <= Integer.MAX_VALUE
        ? new FaultDecision.Abort(200, (int) grpc)
        : FaultDecision.None.INSTANCE;
  }

  /** A header says the numerator, up to the one that is configured. */
  private static int share(RequestHead head, @Nullable String asks, FractionalPercent configured) {
    long asked =
        asks == null
            ? HeaderNumber.NONE
            : HeaderNumber.of(head.header(asks + PERCENTAGE), MAX_DIGITS);
    return asked < 0
        ? FaultPlan.perMillion(configured)
        : FaultPlan.perMillion(Math.min(asked, configured.numerator()), configured.denominator());
  }
}
