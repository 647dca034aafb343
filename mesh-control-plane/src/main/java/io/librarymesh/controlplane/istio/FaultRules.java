package io.librarymesh.controlplane.istio;

import java.util.List;

/** Rules of {@code fault}. */
final class FaultRules {
  static final List<String> GRPC_STATUSES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private FaultRules() {}

  static void check(HttpFaultInjection fault, FieldPath path, ValueRules rules) {
    if (fault.delay().isEmpty() && fault.abort().isEmpty()) {
      rules.report().incomplete(path, "neither delay nor abort (expected: at least one of them)");
    }
    fault.delay().ifPresent(delay -> delay(delay, path.field("delay"), rules));
    fault.abort().ifPresent(abort -> abort(abort, path.field("abort"), rules));
  }

  private static void delay(HttpFaultInjection.Delay delay, FieldPath path, ValueRules rules) {
    percentage(delay.percentage(), path, rules);
    rules.duration(path.field("fixedDelay"), delay.fixedDelay());
    if (delay.fixedDelay().isEmpty()) {
      rules.report().suspiciouslyIncomplete(path, "no fixedDelay, so nothing is delayed");
    }
  }

  private static void abort(HttpFaultInjection.Abort abort, FieldPath path, ValueRules rules) {
    percentage(abort.percentage(), path, rules);
    abort
        .httpStatus()
        .filter(status -> status < 200 || status > 599)
        .ifPresent(
            status -> rules.invalid(path.field("httpStatus"), status, "a status from 200 to 599"));
    abort
        .grpcStatus()
        .filter(status -> !GRPC_STATUSES.contains(status))
        .ifPresent(
            status ->
                rules
                    .report()
                    .invalid(
                        path.field("grpcStatus"),
                        Quoting.quote(status)
                            + " (expected: the name of a gRPC status)"
                            + Spelling.hint(status, GRPC_STATUSES)));
    if (abort.httpStatus().isEmpty() && abort.grpcStatus().isEmpty()) {
      rules
          .report()
          .suspiciouslyIncomplete(path, "neither httpStatus nor grpcStatus, so nothing is aborted");
    }
  }

  private static void percentage(Percent percent, FieldPath path, ValueRules rules) {
    boolean old = !rules.report().isWritten(path.field("percentage"));
    rules.percentage(old ? path.field("percent") : path.fields("percentage", "value"), percent);
  }
}
