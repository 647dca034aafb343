package io.librarymesh.fault;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fault of which at least one part is what the request asks for in its headers. A header that is
 * missing or says nothing of use asks for nothing. Source: Envoy {@code HeaderDelay} and {@code
 * HeaderAbort} of {@code fault_config.cc}.
 */
final class RequestedFault {
  private static final String DELAY = "x-envoy-fault-delay-request";
  private static final String ABORT = "x-envoy-fault-abort-request";
  private static final String GRPC_ABORT = "x-envoy-fault-abort-grpc-request";
  private static final String PERCENTAGE = "-percentage";
  private static final long LONGEST_DELAY_MILLIS = TimeUnit.DAYS.toMillis(365);

  private final FaultInjection injection;

  RequestedFault(FaultInjection injection) {
    this.injection = injection;
  }

  FaultDecision decide(RequestHead head, RandomSource random) {
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
    return abort.grpcStatus() < 0
        ? new FaultDecision.Abort(abort.httpStatus())
        : new FaultDecision.Abort(200, abort.grpcStatus());
  }

  private static long delayNanos(RequestHead head) {
    long millis = number(head.header(DELAY));
    return TimeUnit.MILLISECONDS.toNanos(Math.max(0, Math.min(millis, LONGEST_DELAY_MILLIS)));
  }

  /** The status of HTTP goes before that of gRPC. */
  private static FaultDecision abort(RequestHead head) {
    long status = number(head.header(ABORT));
    if (status >= 200 && status <= 599) {
      return new FaultDecision.Abort((int) status);
    }
    long grpc = number(head.header(GRPC_ABORT));
    return grpc >= 0 && grpc <= Integer.MAX_VALUE
        ? new FaultDecision.Abort(200, (int) grpc)
        : FaultDecision.None.INSTANCE;
  }

  /** A header says the numerator, up to the one that is configured. */
  private static int share(RequestHead head, @Nullable String asks, FractionalPercent configured) {
    long asked = asks == null ? -1 : number(head.header(asks + PERCENTAGE));
    return asked < 0
        ? FaultPlan.perMillion(configured)
        : FaultPlan.perMillion(Math.min(asked, configured.numerator()), configured.denominator());
  }

  /** -1 when it is none. */
  private static long number(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
