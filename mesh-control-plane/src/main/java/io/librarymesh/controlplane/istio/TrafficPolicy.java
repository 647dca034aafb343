package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How clients treat a destination; Istio's {@code TrafficPolicy}. Blocks are replaced as a whole by
 * a subset or a port, never merged field by field.
 *
 * @param position where the policy begins
 * @param loadBalancer choice of endpoint
 * @param connectionPool limits
 * @param outlierDetection ejection of failing endpoints; present but empty is not "off"
 * @param tls how to connect
 * @param portLevelSettings per service port; the first entry of a port counts
 * @param tunnel TCP over HTTP
 * @param proxyProtocol version of the PROXY header to send
 * @param retryBudget share of active requests that may be retries
 */
public record TrafficPolicy(
    SourcePosition position,
    Optional<LoadBalancerSettings> loadBalancer,
    Optional<ConnectionPoolSettings> connectionPool,
    Optional<OutlierDetection> outlierDetection,
    Optional<ClientTlsSettings> tls,
    List<PortTrafficPolicy> portLevelSettings,
    Optional<Tunnel> tunnel,
    Optional<ProxyProtocolVersion> proxyProtocol,
    Optional<RetryBudget> retryBudget) {

  /** Copies the list. */
  public TrafficPolicy {
    portLevelSettings = List.copyOf(portLevelSettings);
  }

  /**
   * The policy of one port, which replaces the whole policy around it; Istio's {@code
   * PortTrafficPolicy}.
   *
   * @param position where the entry begins
   * @param port the service port, not the target port
   * @param loadBalancer choice of endpoint
   * @param connectionPool limits
   * @param outlierDetection ejection of failing endpoints
   * @param tls how to connect
   */
  public record PortTrafficPolicy(
      SourcePosition position,
      int port,
      Optional<LoadBalancerSettings> loadBalancer,
      Optional<ConnectionPoolSettings> connectionPool,
      Optional<OutlierDetection> outlierDetection,
      Optional<ClientTlsSettings> tls) {}

  /**
   * Tunnelling of TCP through this destination; Istio's {@code TunnelSettings}.
   *
   * @param protocol {@code CONNECT} or {@code POST}; {@code CONNECT} when none was written
   * @param targetHost FQDN or IP
   * @param targetPort 1 to 65535
   */
  public record Tunnel(String protocol, String targetHost, int targetPort) {}

  /** Version of the PROXY header. */
  public enum ProxyProtocolVersion {
    V1,
    V2
  }

  /**
   * A limit on outstanding retries; Istio's {@code RetryBudget}.
   *
   * @param percent share of active requests that may be retries, 0 to 100; absent means 20
   * @param minRetryConcurrency retries that are always allowed; absent means 3
   * @param budgetInterval the window
   */
  public record RetryBudget(
      Optional<Double> percent,
      Optional<Long> minRetryConcurrency,
      Optional<Duration> budgetInterval) {}
}
