package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.cluster;
import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static io.librarymesh.xds.SampleResources.endpoints;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.CircuitBreakers.RetryLimit;
import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.Family;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.librarymesh.proto.envoy.config.core.v3.Http2ProtocolOptions;
import io.librarymesh.proto.envoy.config.core.v3.RoutingPriority;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.librarymesh.proto.envoy.type.v3.Percent;
import io.librarymesh.xds.ClusterResource.EndpointSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClusterReaderTest {
  private static final String NOBODY =
      "%s.typed_config.common_tls_context.validation_context: nobody to trust (expected: roots, or"
          + " trust_chain_verification ACCEPT_UNTRUSTED to believe anybody)";

  private static ClusterResource read(Cluster.Builder message) {
    return Reading.value(ResourceType.CLUSTER, message.build());
  }

  private static List<String> errors(Cluster.Builder message) {
    return Reading.errors(ResourceType.CLUSTER, message.build());
  }

  private static List<String> warnings(Cluster.Builder message) {
    return Reading.warnings(ResourceType.CLUSTER, message.build());
  }

  private static Cluster.Builder ofType(Cluster.DiscoveryType type) {
    return Cluster.newBuilder().setName("c").setType(type);
  }

  @Test
  void defaultsAreEnvoys() {
    ClusterResource resource = Reading.value(ResourceType.CLUSTER, cluster("c"));
    io.librarymesh.config.Cluster cluster = resource.cluster();
    assertThat(cluster.name()).isEqualTo("c");
    assertThat(cluster.discovery()).isEqualTo(Discovery.ENDPOINTS);
    assertThat(cluster.loadBalancing().policy()).isEqualTo(LbPolicy.RoundRobin.DEFAULT);
    assertThat(cluster.connectTimeoutNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    assertThat(cluster.circuitBreakers()).isEqualTo(CircuitBreakers.of(1024, 1024, 1024, 3));
    assertThat(cluster.outlierDetection()).isEqualTo(io.librarymesh.config.OutlierDetection.NONE);
    assertThat(cluster.loadBalancing().panicThresholdPercent()).isEqualTo(50);
    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster("c"))).isEmpty();
  }

  @Test
  void endpointsAreNamedByTheServiceElseTheCluster() {
    Cluster.Builder other = clusterBuilder("c");
    other.getEdsClusterConfigBuilder().setServiceName("s");
    assertThat(read(other).endpoints()).isEqualTo(new EndpointSource.Named("s"));
    other.getEdsClusterConfigBuilder().clearServiceName();
    assertThat(read(other).endpoints()).isEqualTo(new EndpointSource.Named("c"));
    other.getEdsClusterConfigBuilder().clearEdsConfig();
    assertThat(errors(other))
        .containsExactly("eds_cluster_config.eds_config: not ads (expected: ads or self)");
  }

  @Test
  void namesAreResolvedWhereTheyMayStand() {
    ClusterLoadAssignment named =
        ClusterLoadAssignment.newBuilder()
            .addEndpoints(
                io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints.newBuilder()
                    .addLbEndpoints(SampleResources.endpoint("api.example.com", 443)))
            .build();
    for (Cluster.DiscoveryType type :
        List.of(Cluster.DiscoveryType.STRICT_DNS, Cluster.DiscoveryType.LOGICAL_DNS)) {
      ClusterResource resource = read(ofType(type).setLoadAssignment(named));
      Hosts hosts =
          type == Cluster.DiscoveryType.STRICT_DNS ? Hosts.EACH_ADDRESS : Hosts.ONE_FOR_THE_NAME;
      assertThat(resource.cluster().discovery())
          .isEqualTo(new DnsDiscovery(hosts, Family.AUTO, Refresh.DEFAULT));
      EndpointSource.Inline inline = (EndpointSource.Inline) resource.endpoints();
      assertThat(inline.assignment().localities().get(0).endpoints())
          .containsExactly(Endpoint.of("api.example.com", 443));
    }
    assertThat(errors(ofType(Cluster.DiscoveryType.STATIC).setLoadAssignment(named)))
        .containsExactly(
            "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address:"
                + " api.example.com (expected: an IP address)");
  }

  @Test
  void logicalNameHasOneEndpoint() {
    assertThat(
            errors(
                ofType(Cluster.DiscoveryType.LOGICAL_DNS).setLoadAssignment(endpoints("c", 1, 2))))
        .containsExactly("load_assignment: 2 endpoints (expected: 1 with LOGICAL_DNS)");
  }

  @Test
  void staticEndpointsStandInTheCluster() {
    ClusterResource resource =
        read(ofType(Cluster.DiscoveryType.STATIC).setLoadAssignment(endpoints("c", 8080)));
    assertThat(resource.cluster().discovery()).isEqualTo(Discovery.ENDPOINTS);
    assertThat(((EndpointSource.Inline) resource.endpoints()).assignment().localities()).hasSize(1);
  }

  @Test
  void originalDestinationHasNoEndpoints() {
    ClusterResource resource =
        read(
            ofType(Cluster.DiscoveryType.ORIGINAL_DST)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED));
    assertThat(resource.cluster().discovery()).isEqualTo(Discovery.ORIGINAL_DESTINATION);
    assertThat(resource.endpoints()).isEqualTo(new EndpointSource.Inline(LoadAssignment.EMPTY));
  }

  @Test
  void aggregateAndOtherClustersAreRefused() {
    assertThat(
            errors(
                Cluster.newBuilder()
                    .setClusterType(
                        Cluster.CustomClusterType.newBuilder()
                            .setName("envoy.clusters.aggregate"))))
        .containsExactly(
            "cluster_type: envoy.clusters.aggregate (expected: type EDS, STATIC, DNS,"
                + " ORIGINAL_DST)");
  }

  @Test
  void limitsOfTheDefaultPriorityCount() {
    Cluster.Builder message = clusterBuilder("c");
    message
        .getCircuitBreakersBuilder()
        .addThresholds(
            Thresholds.newBuilder()
                .setPriority(RoutingPriority.HIGH)
                .setMaxRequests(UInt32Value.of(7)))
        .addThresholds(
            Thresholds.newBuilder()
                .setMaxConnections(UInt32Value.of(-1))
                .setMaxPendingRequests(UInt32Value.of(0))
                .setMaxRequests(UInt32Value.of(2)))
        .addThresholds(Thresholds.newBuilder().setMaxRequests(UInt32Value.of(9)));
    assertThat(read(message).cluster().circuitBreakers())
        .isEqualTo(
            new CircuitBreakers(
                new CircuitBreakers.Thresholds(
                    CircuitBreakers.UNLIMITED, 0, 2, new RetryLimit.Count(3)),
                new CircuitBreakers.Thresholds(1024, 1024, 7, new RetryLimit.Count(3))));
  }

  @Test
  void retryBudgetTakesThePlaceOfMaxRetries() {
    RetryBudget.Builder half =
        RetryBudget.newBuilder()
            .setBudgetPercent(Percent.newBuilder().setValue(0.5))
            .setMinRetryConcurrency(UInt32Value.of(7));
    assertThat(retries(RetryBudget.newBuilder())).isEqualTo(new RetryLimit.Budget(200_000, 3));
    assertThat(retries(half)).isEqualTo(new RetryLimit.Budget(5_000, 7));
    for (double wrong : new double[] {-1, 100.5, Double.NaN}) {
      assertThat(
              errors(
                  withBudget(
                      RetryBudget.newBuilder()
                          .setBudgetPercent(Percent.newBuilder().setValue(wrong)))))
          .containsExactly(
              "circuit_breakers.thresholds[0].retry_budget.budget_percent: "
                  + wrong
                  + " (expected: 0..100)");
    }
  }

  private static RetryLimit retries(RetryBudget.Builder budget) {
    return read(withBudget(budget)).cluster().circuitBreakers().defaultPriority().retries();
  }

  private static Cluster.Builder withBudget(RetryBudget.Builder budget) {
    Cluster.Builder message = clusterBuilder("c");
    message
        .getCircuitBreakersBuilder()
        .addThresholds(
            Thresholds.newBuilder().setMaxRetries(UInt32Value.of(9)).setRetryBudget(budget));
    return message;
  }

  @Test
  void panicThresholdIsTruncated() {
    assertThat(panic(33.9).cluster().loadBalancing().panicThresholdPercent()).isEqualTo(33);
    assertThat(panic(0).cluster().loadBalancing().panicThresholdPercent()).isZero();
    for (double wrong : new double[] {-1, 100.5, Double.NaN}) {
      assertThat(errors(withPanic(wrong)))
          .containsExactly(
              "common_lb_config.healthy_panic_threshold: " + wrong + " (expected: 0..100)");
    }
  }

  private static ClusterResource panic(double percent) {
    return read(withPanic(percent));
  }

  private static Cluster.Builder withPanic(double percent) {
    return clusterBuilder("c")
        .setCommonLbConfig(
            CommonLbConfig.newBuilder()
                .setHealthyPanicThreshold(Percent.newBuilder().setValue(percent)));
  }

  @Test
  void connectTimeoutIsPositive() {
    assertThat(
            read(clusterBuilder("c").setConnectTimeout(seconds(10)))
                .cluster()
                .connectTimeoutNanos())
        .isEqualTo(TimeUnit.SECONDS.toNanos(10));
    assertThat(errors(clusterBuilder("c").setConnectTimeout(seconds(0))))
        .containsExactly("connect_timeout: 0s (expected: > 0s)");
  }

  @Test
  void encryptionIsNeverLeftOut() {
    TransportSocket tls =
        TransportSocket.newBuilder()
            .setName("envoy.transport_sockets.tls")
            .setTypedConfig(Any.pack(UpstreamTlsContext.getDefaultInstance()))
            .build();
    assertThat(errors(clusterBuilder("c").setTransportSocket(tls)))
        .containsExactly(
            "transport_socket.typed_config.common_tls_context: not set (expected: whom to trust)",
            NOBODY.formatted("transport_socket"));
    assertThat(
            errors(
                clusterBuilder("c")
                    .addTransportSocketMatches(
                        Cluster.TransportSocketMatch.newBuilder().setTransportSocket(tls))))
        .contains(NOBODY.formatted("transport_socket_matches[0].transport_socket"));
    TransportSocket other =
        TransportSocket.newBuilder()
            .setName("envoy.transport_sockets.quic")
            .setTypedConfig(Any.pack(Cluster.getDefaultInstance()))
            .build();
    assertThat(errors(clusterBuilder("c").setTransportSocket(other)))
        .containsExactly(
            "transport_socket: envoy.transport_sockets.quic (expected:"
                + " envoy.transport_sockets.raw_buffer or envoy.transport_sockets.tls with an"
                + " UpstreamTlsContext)");
    TransportSocket plain =
        TransportSocket.newBuilder()
            .setName("envoy.transport_sockets.raw_buffer")
            .setTypedConfig(Any.pack(RawBuffer.getDefaultInstance()))
            .build();
    assertThat(warnings(clusterBuilder("c").setTransportSocket(plain))).isEmpty();
  }

  @Test
  void fieldsThatAreNotCarriedOutAreNamed() {
    UnknownFieldSet healthChecks =
        UnknownFieldSet.newBuilder()
            .addField(8, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    Cluster.Builder message =
        clusterBuilder("c")
            .setRespectDnsTtl(true)
            .setUnknownFields(healthChecks)
            .putTypedExtensionProtocolOptions(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                Any.pack(
                    HttpProtocolOptions.newBuilder()
                        .setCommonHttpProtocolOptions(
                            io.librarymesh.proto.envoy.config.core.v3.HttpProtocolOptions
                                .newBuilder()
                                .setMaxHeadersCount(UInt32Value.of(1)))
                        .setExplicitHttpConfig(
                            HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                                .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                        .build()));
    message.getCommonLbConfigBuilder().getZoneAwareLbConfigBuilder();
    assertThat(warnings(message))
        .containsExactlyInAnyOrder(
            "typed_extension_protocol_options[\"envoy.extensions.upstreams.http.v3.HttpProtocolOptions\"].common_http_protocol_options.max_headers_count:"
                + " not carried out",
            "field 8 of envoy.config.cluster.v3.Cluster not carried out",
            "common_lb_config.zone_aware_lb_config: not carried out",
            "typed_extension_protocol_options[\"envoy.extensions.upstreams.http.v3.HttpProtocolOptions\"].explicit_http_config.http2_protocol_options:"
                + " not carried out");
  }

  /** Source: Envoy, where the options of the extension go before the field of the cluster. */
  @Test
  void requestsPerConnection() {
    Cluster.Builder message = clusterBuilder("c");
    assertThat(requestsPerConnection(message)).isZero();
    message.setMaxRequestsPerConnection(UInt32Value.of(7));
    assertThat(requestsPerConnection(message)).isEqualTo(7);
    assertThat(requestsPerConnection(withOptions(message, 3))).isEqualTo(3);
    assertThat(requestsPerConnection(withOptions(message, 0))).isZero();
    assertThat(requestsPerConnection(withOptions(message, -1))).isZero();
    assertThat(warnings(withOptions(message, 3))).isEmpty();
  }

  private static int requestsPerConnection(Cluster.Builder message) {
    ClusterResource read = Reading.value(ResourceType.CLUSTER, message.build());
    return read.cluster().http().maxRequestsPerConnection();
  }

  private static Cluster.Builder withOptions(Cluster.Builder message, int maxRequests) {
    HttpProtocolOptions options =
        HttpProtocolOptions.newBuilder()
            .setCommonHttpProtocolOptions(
                io.librarymesh.proto.envoy.config.core.v3.HttpProtocolOptions.newBuilder()
                    .setMaxRequestsPerConnection(UInt32Value.of(maxRequests)))
            .build();
    return message
        .clone()
        .putTypedExtensionProtocolOptions(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", Any.pack(options));
  }
}
