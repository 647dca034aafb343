package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads {@code fault}. */
final class FaultBinder {
  private FaultBinder() {}

  static HttpFaultInjection bind(Fields fault) {
    return new HttpFaultInjection(
        fault.message("delay", FaultBinder::delay), fault.message("abort", FaultBinder::abort));
  }

  private static HttpFaultInjection.Delay delay(Fields delay) {
    if (delay.has("exponentialDelay")) {
      delay.refuse("exponentialDelay", "Istio never had it in force; write fixedDelay");
    }
    return new HttpFaultInjection.Delay(percentage(delay), delay.duration("fixedDelay"));
  }

  private static HttpFaultInjection.Abort abort(Fields abort) {
    if (abort.has("http2Error")) {
      abort.refuse("http2Error", "Istio never had it in force; write httpStatus");
    }
    if (abort.has("httpStatus") && abort.has("grpcStatus")) {
      abort.refuse("grpcStatus", "httpStatus and grpcStatus together (expected: one of them)");
    }
    return new HttpFaultInjection.Abort(
        percentage(abort), abort.int32("httpStatus"), abort.text("grpcStatus"));
  }

  /**
   * The share of requests, in its three spellings. {@code percent} of an abort is gone from Istio's
   * API, which drops it and then never aborts; its authors meant what they wrote.
   */
  private static Percent percentage(Fields fields) {
    Optional<Percent> percentage = Percentages.read(fields, "percentage");
    Optional<Double> percent = fields.number("percent");
    if (percent.isPresent()) {
      String today = "percentage: {value: " + print(percent.get()) + "}";
      fields.warn(
          "percent",
          percentage.isPresent()
              ? "ignored beside percentage; leave it out"
              : "old spelling; write " + today);
    }
    if (percentage.isEmpty() && percent.isEmpty()) {
      fields.warnHere("no percentage, so it never happens; write percentage: {value: 100}");
    }
    return percentage.or(() -> percent.map(Percent::new)).orElse(Percent.ZERO);
  }

  private static String print(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
