package io.librarymesh.controlplane.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.Http2ProtocolOptions;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

/** What clients of gRPC leave undone of how connections are kept: all of it. */
final class ConnectionGaps {

  private static final String OWN = "the client's own";
  private static final String NO_LIMIT = "no limit";

  private ConnectionGaps() {}

  static void find(Cluster cluster, ClientGaps.Found found) {
    found.when(
        cluster.getUpstreamConnectionOptions().hasTcpKeepalive(),
        "upstream_connection_options.tcp_keepalive",
        OWN);
    HttpProtocolOptions options = options(cluster);
    var common = options.getCommonHttpProtocolOptions();
    found.when(common.hasIdleTimeout(), "idle_timeout", OWN);
    found.when(common.hasMaxRequestsPerConnection(), "max_requests_per_connection", NO_LIMIT);
    found.when(common.hasMaxConnectionDuration(), "max_connection_duration", NO_LIMIT);
    Http2ProtocolOptions http2 = options.getExplicitHttpConfig().getHttp2ProtocolOptions();
    found.when(http2.hasMaxConcurrentStreams(), "max_concurrent_streams", "what the server allows");
    found.when(http2.hasConnectionKeepalive(), "connection_keepalive", OWN);
  }

  private static HttpProtocolOptions options(Cluster cluster) {
    Any packed =
        cluster.getTypedExtensionProtocolOptionsOrDefault(
            HttpOptionsTranslation.EXTENSION, Any.getDefaultInstance());
    try {
      return HttpProtocolOptions.parseFrom(packed.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(cluster.getName() + " was packed by the translation", e);
    }
  }
}
