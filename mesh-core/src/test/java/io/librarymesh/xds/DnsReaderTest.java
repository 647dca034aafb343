package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.AfterFailure;
import io.librarymesh.config.DnsDiscovery.Family;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.CustomClusterType;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.librarymesh.proto.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.librarymesh.proto.envoy.extensions.clusters.dns.v3.DnsCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class DnsReaderTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  private static final ClusterLoadAssignment NAMED =
      ClusterLoadAssignment.newBuilder()
          .addEndpoints(
              LocalityLbEndpoints.newBuilder()
                  .addLbEndpoints(SampleResources.endpoint("api.example.com", 443)))
          .build();

  private final Findings findings = new Findings();

  private Discovery read(Cluster.Builder message) {
    return ClusterReader.read(message.build(), FieldPath.ROOT, findings).cluster().discovery();
  }

  private static Cluster.Builder strict() {
    return clusterBuilder("c").setType(DiscoveryType.STRICT_DNS).setLoadAssignment(NAMED);
  }

  private static Cluster.Builder extension(DnsCluster settings) {
    return clusterBuilder("c")
        .setClusterType(
            CustomClusterType.newBuilder()
                .setName("envoy.clusters.dns")
                .setTypedConfig(Any.pack(settings)))
        .setLoadAssignment(NAMED);
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static Duration millis(int millis) {
    return Duration.newBuilder().setNanos((int) (millis * MILLI)).build();
  }

  private static Cluster.RefreshRate.Builder failure() {
    return Cluster.RefreshRate.newBuilder();
  }

  @Test
  void everyFieldOfTheClusterIsRead() {
    assertThat(
            read(
                strict()
                    .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED)
                    .setDnsRefreshRate(seconds(60))
                    .setRespectDnsTtl(true)
                    .setDnsJitter(millis(100))
                    .setDnsFailureRefreshRate(
                        failure().setBaseInterval(seconds(2)).setMaxInterval(seconds(7)))))
        .isEqualTo(
            new DnsDiscovery(
                Hosts.EACH_ADDRESS,
                Family.V4_PREFERRED,
                new Refresh(
                    60 * SECOND, true, 100 * MILLI, new AfterFailure(2 * SECOND, 7 * SECOND))));
    assertThat(findings.errors()).isEmpty();
    assertThat(findings.warnings()).isEmpty();
  }

  @Test
  void extensionStandsInForTheFields() {
    DnsCluster settings =
        DnsCluster.newBuilder()
            .setDnsLookupFamily(DnsLookupFamily.ALL)
            .setDnsRefreshRate(seconds(9))
            .setDnsFailureRefreshRate(
                DnsCluster.RefreshRate.newBuilder().setBaseInterval(seconds(1)))
            .setAllAddressesInSingleEndpoint(true)
            .build();

    assertThat(read(extension(settings).setDnsRefreshRate(seconds(1))))
        .isEqualTo(
            new DnsDiscovery(
                Hosts.ONE_FOR_THE_NAME,
                Family.ALL,
                new Refresh(9 * SECOND, false, 0, new AfterFailure(SECOND, 10 * SECOND))));
    assertThat(findings.errors()).isEmpty();
    assertThat(findings.warnings()).isEmpty();
  }

  @Test
  void extensionWithoutSettingsIsStrict() {
    assertThat(read(extension(DnsCluster.getDefaultInstance())))
        .isEqualTo(new DnsDiscovery(Hosts.EACH_ADDRESS, Family.AUTO, Refresh.DEFAULT));
  }

  @Test
  void intervalsAreOneMillisecondOrMore() {
    read(
        strict()
            .setDnsRefreshRate(seconds(0))
            .setDnsFailureRefreshRate(
                failure().setBaseInterval(seconds(2)).setMaxInterval(seconds(1))));

    assertThat(findings.errors())
        .isEqualTo(
            List.of(
                "dns_refresh_rate: 0 ns (expected: >= 1 ms)",
                "dns_failure_refresh_rate.max_interval: 1000000000 ns (expected: >= base_interval,"
                    + " 2000000000 ns)"));
  }
}
