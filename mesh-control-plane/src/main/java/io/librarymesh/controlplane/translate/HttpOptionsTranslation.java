package io.librarymesh.controlplane.translate;

import com.google.protobuf.UInt32Value;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings.H2UpgradePolicy;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings.Http;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings.Tcp;
import io.librarymesh.controlplane.istio.OutlierDetection;
import io.librarymesh.controlplane.istio.Protocol;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.librarymesh.proto.envoy.config.core.v3.Http1ProtocolOptions;
import io.librarymesh.proto.envoy.config.core.v3.Http2ProtocolOptions;
import io.librarymesh.proto.envoy.config.core.v3.HttpProtocolOptions;
import io.librarymesh.proto.envoy.config.core.v3.KeepaliveSettings;
import io.librarymesh.proto.envoy.config.core.v3.TcpKeepalive;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig;
import java.util.List;
import java.util.Optional;

/**
 * How connections are kept and what is spoken on them. Says nothing where Envoy's default holds.
 */
final class HttpOptionsTranslation {

  static final String EXTENSION = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private HttpOptionsTranslation() {}

  static void apply(Cluster.Builder cluster, Upstream upstream, ClientLookup lookup) {
    DefaultTrafficPolicy mesh = lookup.meshConfig().defaultTrafficPolicy();
    Optional<Tcp> tcp = upstream.policy().connectionPool().flatMap(ConnectionPoolSettings::tcp);
    Optional<Http> http = upstream.policy().connectionPool().flatMap(ConnectionPoolSettings::http);
    keepalive(tcp.flatMap(Tcp::tcpKeepalive), mesh.tcpKeepalive())
        .ifPresent(keepalive -> apply(cluster, keepalive));
    HttpProtocolOptions common = common(tcp, http);
    boolean http2 = isHttp2(upstream, http, mesh);
    boolean clientProtocol =
        http.map(Http::useClientProtocol).orElse(false)
            || (!http2 && isUndeclared(upstream) && !lookup.view().isRouter());
    List<Integer> failures =
        upstream
            .policy()
            .outlierDetection()
            .map(OutlierDetection::outlierDetectionHttpErrorCodes)
            .orElse(List.of());
    if (!http2
        && !clientProtocol
        && failures.isEmpty()
        && common.equals(HttpProtocolOptions.getDefaultInstance())) {
      return;
    }
    var options =
        io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
            .setCommonHttpProtocolOptions(common);
    if (clientProtocol) {
      options.setUseDownstreamProtocolConfig(
          UseDownstreamHttpConfig.newBuilder()
              .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
              .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()));
    } else if (http2) {
      options.setExplicitHttpConfig(
          ExplicitHttpConfig.newBuilder().setHttp2ProtocolOptions(http2(http)));
    } else {
      options.setExplicitHttpConfig(
          ExplicitHttpConfig.newBuilder()
              .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance()));
    }
    ErrorMatcherTranslation.apply(options, failures);
    cluster.putTypedExtensionProtocolOptions(EXTENSION, Packing.pack(options.build()));
  }

  /** Whether endpoints are spoken to in HTTP/2, whatever the caller speaks. */
  static boolean isHttp2(Upstream upstream, ClientLookup lookup) {
    Optional<Http> http = upstream.policy().connectionPool().flatMap(ConnectionPoolSettings::http);
    return upstream.port().isHttp()
        && !http.map(Http::useClientProtocol).orElse(false)
        && isHttp2(upstream, http, lookup.meshConfig().defaultTrafficPolicy());
  }

  /** The rule's word counts before the mesh's, which is about ports that are declared as HTTP. */
  private static boolean isHttp2(
      Upstream upstream, Optional<Http> http, DefaultTrafficPolicy mesh) {
    H2UpgradePolicy upgrade = http.map(Http::h2UpgradePolicy).orElse(H2UpgradePolicy.DEFAULT);
    boolean byMesh =
        upgrade == H2UpgradePolicy.DEFAULT
            && mesh.upgradesToHttp2()
            && upstream.port().protocol() == Protocol.HTTP;
    return upgrade == H2UpgradePolicy.UPGRADE || upstream.port().isHttp2() || byMesh;
  }

  /**
   * Whether nobody says what the port speaks, so that what the caller speaks decides. Gateways do
   * not detect anything, so theirs is HTTP/1.1.
   */
  private static boolean isUndeclared(Upstream upstream) {
    return upstream.port().protocol() == Protocol.UNSPECIFIED;
  }

  private static Optional<ConnectionPoolSettings.TcpKeepalive> keepalive(
      Optional<ConnectionPoolSettings.TcpKeepalive> rule,
      Optional<ConnectionPoolSettings.TcpKeepalive> mesh) {
    if (rule.isEmpty() || mesh.isEmpty()) {
      return rule.or(() -> mesh);
    }
    return Optional.of(
        new ConnectionPoolSettings.TcpKeepalive(
            rule.get().probes().or(mesh.get()::probes),
            rule.get().time().or(mesh.get()::time),
            rule.get().interval().or(mesh.get()::interval)));
  }

  private static HttpProtocolOptions common(Optional<Tcp> tcp, Optional<Http> http) {
    HttpProtocolOptions.Builder common = HttpProtocolOptions.newBuilder();
    http.flatMap(Http::idleTimeout)
        .or(() -> tcp.flatMap(Tcp::idleTimeout))
        .ifPresent(idle -> common.setIdleTimeout(Packing.duration(idle)));
    http.flatMap(Http::maxRequestsPerConnection)
        .ifPresent(n -> common.setMaxRequestsPerConnection(UInt32Value.of(n)));
    tcp.flatMap(Tcp::maxConnectionDuration)
        .ifPresent(age -> common.setMaxConnectionDuration(Packing.duration(age)));
    return common.build();
  }

  private static Http2ProtocolOptions http2(Optional<Http> http) {
    Http2ProtocolOptions.Builder options = Http2ProtocolOptions.newBuilder();
    http.flatMap(Http::maxConcurrentStreams)
        .ifPresent(n -> options.setMaxConcurrentStreams(UInt32Value.of(n)));
    http.flatMap(Http::http2KeepAlive)
        .ifPresent(
            keepAlive -> {
              KeepaliveSettings.Builder settings = KeepaliveSettings.newBuilder();
              keepAlive.interval().ifPresent(d -> settings.setInterval(Packing.duration(d)));
              keepAlive.timeout().ifPresent(d -> settings.setTimeout(Packing.duration(d)));
              options.setConnectionKeepalive(settings);
            });
    return options.build();
  }

  private static void apply(
      Cluster.Builder cluster, ConnectionPoolSettings.TcpKeepalive keepalive) {
    TcpKeepalive.Builder result = TcpKeepalive.newBuilder();
    keepalive.probes().ifPresent(n -> result.setKeepaliveProbes(UInt32Value.of(n.intValue())));
    keepalive.time().ifPresent(d -> result.setKeepaliveTime(UInt32Value.of((int) d.toSeconds())));
    keepalive
        .interval()
        .ifPresent(d -> result.setKeepaliveInterval(UInt32Value.of((int) d.toSeconds())));
    cluster.setUpstreamConnectionOptions(
        UpstreamConnectionOptions.newBuilder().setTcpKeepalive(result));
  }
}
