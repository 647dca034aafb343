package io.librarymesh.route;

/**
 * Headers by which a request says how an Envoy is to treat it. Here the route alone says that, but
 * none of them may get to the next Envoy, which would take it for its own caller's wish. Source:
 * Envoy {@code Filter::decodeHeaders}, {@code ConnectionManagerUtility::cleanInternalHeaders}.
 */
public final class ControlHeaders {
  private static final String PREFIX = "x-envoy-";

  private static final String[] NAMES = {
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-hedge-on-per-try-timeout",
    "x-envoy-max-retries",
    "x-envoy-retriable-header-names",
    "x-envoy-retriable-status-codes",
    "x-envoy-retry-grpc-on",
    "x-envoy-retry-on",
    "x-envoy-upstream-alt-stat-name",
    "x-envoy-upstream-rq-per-try-timeout-ms",
    "x-envoy-upstream-rq-timeout-alt-response",
    "x-envoy-upstream-rq-timeout-ms",
  };

  private ControlHeaders() {}

  /** Takes those of a request off; what a route adds is to be told later. */
  public static void takeOff(RequestHead head, HeaderSink sink) {
    if (!head.mayHaveHeader(PREFIX)) {
      return;
    }
    for (String name : NAMES) {
      if (head.header(name) != null) {
        sink.remove(name);
      }
    }
  }
}
