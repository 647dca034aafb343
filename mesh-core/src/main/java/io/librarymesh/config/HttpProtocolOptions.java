package io.librarymesh.config;

/**
 * How the connections to the endpoints of a cluster are used, and what bounds them and what goes
 * over them. Source: Envoy {@code HttpProtocolOptions.common_http_protocol_options} of a cluster.
 *
 * @param maxRequestsPerConnection how many requests a connection is used for; 0 for any number, 1
 *     for a connection of its own for each request. {@code max_requests_per_connection}
 * @param idleNanos how long a connection is kept that nothing goes over; 0 means for ever, {@link
 *     #UNSAID} as long as the client likes. {@code idle_timeout}
 * @param maxStreamNanos bounds each attempt from its connection to the end of the response; 0 means
 *     none. {@code max_stream_duration}
 */
public record HttpProtocolOptions(
    int maxRequestsPerConnection, long idleNanos, long maxStreamNanos) {
  /** In the place of a time: nobody has said anything of it. */
  public static final long UNSAID = -1;

  /** Envoy's defaults: nothing is bounded but by the client itself. */
  public static final HttpProtocolOptions DEFAULT = new HttpProtocolOptions(0, UNSAID, 0);

  public HttpProtocolOptions {
    Ranges.requireNotNegative("maxRequestsPerConnection", maxRequestsPerConnection);
    Ranges.requireNotNegativeOr(UNSAID, "idleNanos", idleNanos);
    Ranges.requireNotNegative("maxStreamNanos", maxStreamNanos);
  }
}
