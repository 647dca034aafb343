package io.librarymesh.controlplane.istio;

/** Rules of {@code connectionPool}. */
final class ConnectionPoolRules {
  private ConnectionPoolRules() {}

  static void check(ConnectionPoolSettings pool, FieldPath path, ValueRules rules) {
    if (pool.tcp().isEmpty() && pool.http().isEmpty()) {
      rules.report().incomplete(path, "empty (expected: at least one of tcp and http)");
    }
    pool.tcp().ifPresent(tcp -> tcp(tcp, path.field("tcp"), rules));
    pool.http().ifPresent(http -> http(http, path.field("http"), rules));
  }

  private static void tcp(ConnectionPoolSettings.Tcp tcp, FieldPath path, ValueRules rules) {
    rules.notNegative(path.field("maxConnections"), tcp.maxConnections());
    rules.duration(path.field("connectTimeout"), tcp.connectTimeout(), "left out it is 10s");
    rules.duration(
        path.field("maxConnectionDuration"), tcp.maxConnectionDuration(), ValueRules.NO_LIMIT);
    rules.durationOrZero(path.field("idleTimeout"), tcp.idleTimeout());
    tcp.tcpKeepalive().ifPresent(k -> keepalive(k, path.field("tcpKeepalive"), rules));
  }

  static void keepalive(
      ConnectionPoolSettings.TcpKeepalive keepalive, FieldPath path, ValueRules rules) {
    rules.duration(path.field("time"), keepalive.time());
    rules.duration(path.field("interval"), keepalive.interval());
  }

  private static void http(ConnectionPoolSettings.Http http, FieldPath path, ValueRules rules) {
    rules.notNegative(path.field("http1MaxPendingRequests"), http.http1MaxPendingRequests());
    rules.notNegative(path.field("http2MaxRequests"), http.http2MaxRequests());
    rules.notNegative(path.field("maxRequestsPerConnection"), http.maxRequestsPerConnection());
    rules.notNegative(path.field("maxRetries"), http.maxRetries());
    rules.notNegative(path.field("maxConcurrentStreams"), http.maxConcurrentStreams());
    rules.duration(path.field("idleTimeout"), http.idleTimeout());
    if (http.useClientProtocol()
        && http.h2UpgradePolicy() == ConnectionPoolSettings.H2UpgradePolicy.UPGRADE) {
      rules
          .report()
          .invalid(
              path.field("h2UpgradePolicy"),
              "UPGRADE together with useClientProtocol (expected: one of them)");
    }
    http.http2KeepAlive().ifPresent(ping -> ping(ping, path.field("http2KeepAlive"), rules));
  }

  private static void ping(
      ConnectionPoolSettings.Http2KeepAlive ping, FieldPath path, ValueRules rules) {
    if (ping.interval().isEmpty()) {
      rules.missing(path.field("interval"), "a duration");
    }
    if (ping.timeout().isEmpty()) {
      rules.missing(path.field("timeout"), "a duration");
    }
    rules.duration(path.field("interval"), ping.interval());
    rules.duration(path.field("timeout"), ping.timeout());
  }
}
