package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.Optional;

/**
 * Limits on connections and requests to a destination, per client process; Istio's {@code
 * ConnectionPoolSettings}. A count of 0 says the same as no count, and is absent here.
 *
 * @param tcp limits of connections
 * @param http limits of requests
 */
public record ConnectionPoolSettings(Optional<Tcp> tcp, Optional<Http> http) {

  /**
   * Istio's {@code TCPSettings}.
   *
   * @param maxConnections connections at a time; absent means no limit
   * @param connectTimeout limit of connecting; absent means 10 s
   * @param tcpKeepalive socket keep-alive
   * @param maxConnectionDuration age at which a connection is closed
   * @param idleTimeout idle time of a connection; zero means never
   */
  public record Tcp(
      Optional<Integer> maxConnections,
      Optional<Duration> connectTimeout,
      Optional<TcpKeepalive> tcpKeepalive,
      Optional<Duration> maxConnectionDuration,
      Optional<Duration> idleTimeout) {}

  /**
   * Istio's {@code TcpKeepalive}.
   *
   * @param probes unanswered probes before the connection is dead
   * @param time idle time before the first probe
   * @param interval time between probes
   */
  public record TcpKeepalive(
      Optional<Long> probes, Optional<Duration> time, Optional<Duration> interval) {}

  /**
   * Istio's {@code HTTPSettings}.
   *
   * @param http1MaxPendingRequests requests that wait for a connection, HTTP/1 and HTTP/2 alike
   * @param http2MaxRequests active requests, HTTP/1 and HTTP/2 alike
   * @param maxRequestsPerConnection requests before a connection is closed; 1 means no keep-alive
   * @param maxRetries outstanding retries at a time, not retries of one request
   * @param idleTimeout time without active requests before a connection is closed
   * @param h2UpgradePolicy whether to speak HTTP/2
   * @param useClientProtocol whether to speak the caller's protocol
   * @param maxConcurrentStreams streams of one HTTP/2 connection
   * @param http2KeepAlive HTTP/2 pings
   */
  public record Http(
      Optional<Integer> http1MaxPendingRequests,
      Optional<Integer> http2MaxRequests,
      Optional<Integer> maxRequestsPerConnection,
      Optional<Integer> maxRetries,
      Optional<Duration> idleTimeout,
      H2UpgradePolicy h2UpgradePolicy,
      boolean useClientProtocol,
      Optional<Integer> maxConcurrentStreams,
      Optional<Http2KeepAlive> http2KeepAlive) {

    /** Nothing set. */
    public static final Http UNLIMITED =
        new Http(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            H2UpgradePolicy.DEFAULT,
            false,
            Optional.empty(),
            Optional.empty());
  }

  /** Whether to speak HTTP/2; the default leaves it to the mesh. */
  public enum H2UpgradePolicy {
    DEFAULT,
    DO_NOT_UPGRADE,
    UPGRADE
  }

  /**
   * HTTP/2 pings.
   *
   * @param interval time between pings
   * @param timeout time for an answer
   */
  public record Http2KeepAlive(Optional<Duration> interval, Optional<Duration> timeout) {}
}
