package io.librarymesh.config;

/**
 * How the connections of a cluster are used. Source: Envoy {@code core.v3.HttpProtocolOptions}.
 *
 * @param maxRequestsPerConnection how many requests a connection is used for; 0 for any number, 1
 *     for a connection of its own for each request
 */
public record HttpProtocolOptions(int maxRequestsPerConnection) {
  /** Envoy's defaults. */
  public static final HttpProtocolOptions DEFAULT = new HttpProtocolOptions(0);

  public HttpProtocolOptions {
    Ranges.requireNotNegative("maxRequestsPerConnection", maxRequestsPerConnection);
  }
}
