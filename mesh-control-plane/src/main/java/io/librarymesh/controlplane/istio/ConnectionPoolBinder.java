package io.librarymesh.controlplane.istio;

import java.util.Optional;

/**
 * Reads a policy's {@code connectionPool}, also where its blocks stand straight in the policy, as
 * courses of 2019 taught it. Istio's API server drops those; here they mean what was meant.
 */
final class ConnectionPoolBinder {
  private static final String PER_CONNECTION = "maxRequestsPerConnection";

  private ConnectionPoolBinder() {}

  /**
   * @param policy the message around {@code connectionPool}
   */
  static Optional<ConnectionPoolSettings> bind(Fields policy) {
    Optional<ConnectionPoolSettings> today =
        policy.message("connectionPool", ConnectionPoolBinder::settings);
    Optional<ConnectionPoolSettings.Tcp> tcp =
        policy.messageAs("tcp", "connectionPool.tcp", ConnectionPoolBinder::tcp);
    Optional<ConnectionPoolSettings.Http> http =
        policy.messageAs("http", "connectionPool.http", ConnectionPoolBinder::http);
    Optional<Integer> perConnection = straightPerConnection(policy, today, http);
    warnOfPlace(policy, "tcp", today.flatMap(ConnectionPoolSettings::tcp).isPresent());
    warnOfPlace(policy, "http", today.flatMap(ConnectionPoolSettings::http).isPresent());
    if (today.isEmpty() && tcp.isEmpty() && http.isEmpty() && perConnection.isEmpty()) {
      return Optional.empty();
    }
    Optional<ConnectionPoolSettings.Http> wholeHttp =
        today.flatMap(ConnectionPoolSettings::http).or(() -> http);
    return Optional.of(
        new ConnectionPoolSettings(
            today.flatMap(ConnectionPoolSettings::tcp).or(() -> tcp),
            perConnection.isEmpty()
                ? wholeHttp
                : Optional.of(withPerConnection(wholeHttp, perConnection))));
  }

  private static void warnOfPlace(Fields policy, String block, boolean alsoInside) {
    if (!policy.has(block)) {
      return;
    }
    if (alsoInside) {
      policy.refuse(
          block, "written here and inside connectionPool; keep the one in connectionPool");
    } else {
      policy.warn(block, "old place, read as connectionPool." + block + "; move it there");
    }
  }

  private static Optional<Integer> straightPerConnection(
      Fields policy,
      Optional<ConnectionPoolSettings> today,
      Optional<ConnectionPoolSettings.Http> http) {
    if (!policy.has(PER_CONNECTION)) {
      return Optional.empty();
    }
    boolean alsoInside =
        today
            .flatMap(ConnectionPoolSettings::http)
            .or(() -> http)
            .flatMap(ConnectionPoolSettings.Http::maxRequestsPerConnection)
            .isPresent();
    if (alsoInside) {
      policy.refuse(PER_CONNECTION, "written here and inside http; keep the one in http");
    } else {
      policy.warn(
          PER_CONNECTION,
          "old place, read as connectionPool.http." + PER_CONNECTION + "; move it there");
      policy.warnNotInForce(PER_CONNECTION, "connectionPool.http." + PER_CONNECTION);
    }
    return policy.count(PER_CONNECTION);
  }

  private static ConnectionPoolSettings.Http withPerConnection(
      Optional<ConnectionPoolSettings.Http> http, Optional<Integer> perConnection) {
    ConnectionPoolSettings.Http base = http.orElse(ConnectionPoolSettings.Http.UNLIMITED);
    return new ConnectionPoolSettings.Http(
        base.http1MaxPendingRequests(),
        base.http2MaxRequests(),
        perConnection,
        base.maxRetries(),
        base.idleTimeout(),
        base.h2UpgradePolicy(),
        base.useClientProtocol(),
        base.maxConcurrentStreams(),
        base.http2KeepAlive());
  }

  /** The block itself, for where it has no older place. */
  static ConnectionPoolSettings settings(Fields pool) {
    return new ConnectionPoolSettings(
        pool.message("tcp", ConnectionPoolBinder::tcp),
        pool.message("http", ConnectionPoolBinder::http));
  }

  private static ConnectionPoolSettings.Tcp tcp(Fields tcp) {
    return new ConnectionPoolSettings.Tcp(
        limit(tcp, "maxConnections"),
        tcp.duration("connectTimeout"),
        tcp.message("tcpKeepalive", ConnectionPoolBinder::keepalive),
        tcp.duration("maxConnectionDuration"),
        tcp.duration("idleTimeout"));
  }

  static ConnectionPoolSettings.TcpKeepalive keepalive(Fields keepalive) {
    return new ConnectionPoolSettings.TcpKeepalive(
        keepalive.uint32("probes"), keepalive.duration("time"), keepalive.duration("interval"));
  }

  private static ConnectionPoolSettings.Http http(Fields http) {
    return new ConnectionPoolSettings.Http(
        limit(http, "http1MaxPendingRequests"),
        limit(http, "http2MaxRequests"),
        limit(http, PER_CONNECTION),
        limit(http, "maxRetries"),
        http.duration("idleTimeout"),
        http.choice("h2UpgradePolicy", ConnectionPoolSettings.H2UpgradePolicy.class)
            .orElse(ConnectionPoolSettings.H2UpgradePolicy.DEFAULT),
        http.flag("useClientProtocol"),
        limit(http, "maxConcurrentStreams"),
        http.message(
            "http2KeepAlive",
            keepAlive ->
                new ConnectionPoolSettings.Http2KeepAlive(
                    keepAlive.duration("interval"), keepAlive.duration("timeout"))));
  }

  /** 0 is the default of the field, so that Istio cannot tell it from absence. */
  private static Optional<Integer> limit(Fields fields, String name) {
    Optional<Integer> limit = fields.int32(name);
    if (limit.isPresent() && limit.get() == 0) {
      fields.warn(name, "0 sets no limit, as if the field were absent");
    }
    return limit.filter(value -> value != 0);
  }
}
