package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.endpoint;
import static io.librarymesh.xds.SampleResources.endpoints;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.librarymesh.config.AssignmentPolicy;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment.Policy;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent.DenominatorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointReaderTest {
  private static final String FIRST = "endpoints[0].lb_endpoints[0]";

  private static ClusterLoadAssignment with(LbEndpoint.Builder... endpoints) {
    LocalityLbEndpoints.Builder locality = LocalityLbEndpoints.newBuilder();
    for (LbEndpoint.Builder endpoint : endpoints) {
      locality.addLbEndpoints(endpoint);
    }
    return ClusterLoadAssignment.newBuilder().setClusterName("c").addEndpoints(locality).build();
  }

  private static Endpoint first(LbEndpoint.Builder endpoint) {
    return Reading.value(ResourceType.ENDPOINTS, with(endpoint))
        .localities()
        .get(0)
        .endpoints()
        .get(0);
  }

  private static List<String> errors(ClusterLoadAssignment message) {
    return Reading.errors(ResourceType.ENDPOINTS, message);
  }

  @Test
  void defaults() {
    assertThat(Reading.value(ResourceType.ENDPOINTS, endpoints("c", 8080, 8081)))
        .isEqualTo(
            new LoadAssignment(
                List.of(
                    new LocalityEndpoints(
                        Locality.NONE,
                        0,
                        1,
                        List.of(Endpoint.of("127.0.0.1", 8080), Endpoint.of("127.0.0.1", 8081)))),
                AssignmentPolicy.DEFAULT));
    assertThat(Reading.warnings(ResourceType.ENDPOINTS, endpoints("c", 8080))).isEmpty();
  }

  @Test
  void noEndpointsIsAnAnswer() {
    assertThat(
            Reading.value(
                ResourceType.ENDPOINTS,
                ClusterLoadAssignment.newBuilder().setClusterName("c").build()))
        .isEqualTo(LoadAssignment.EMPTY);
  }

  @Test
  void weightAndLabels() {
    Struct labels =
        Struct.newBuilder()
            .putFields("version", Value.newBuilder().setStringValue("v1").build())
            .build();
    Struct ours =
        Struct.newBuilder()
            .putFields("labels", Value.newBuilder().setStructValue(labels).build())
            .build();
    LbEndpoint.Builder endpoint =
        endpoint("10.0.0.1", 80)
            .setLoadBalancingWeight(UInt32Value.of(7))
            .setMetadata(Metadata.newBuilder().putFilterMetadata("io.librarymesh", ours));
    assertThat(first(endpoint))
        .isEqualTo(new Endpoint("10.0.0.1", 80, 7, HealthStatus.HEALTHY, Map.of("version", "v1")));
  }

  @Test
  void nameAndMetadataOfLoadBalancing() {
    Struct metadata =
        Struct.newBuilder()
            .putFields("hash_key", Value.newBuilder().setStringValue("k").build())
            .putFields("canary", Value.newBuilder().setBoolValue(true).build())
            .putFields("size", Value.newBuilder().setNumberValue(2).build())
            .putFields(
                "stages",
                Value.newBuilder()
                    .setListValue(
                        ListValue.newBuilder().addValues(Value.newBuilder().setStringValue("a")))
                    .build())
            .build();
    LbEndpoint.Builder endpoint =
        endpoint("10.0.0.1", 80)
            .setMetadata(Metadata.newBuilder().putFilterMetadata("envoy.lb", metadata));
    endpoint.getEndpointBuilder().setHostname("one.example");

    Endpoint read = first(endpoint);

    assertThat(read.hostname()).isEqualTo("one.example");
    assertThat(read.metadata().values())
        .isEqualTo(
            Map.of(
                "hash_key", new MetadataValue.Text("k"),
                "canary", new MetadataValue.Flag(true),
                "size", new MetadataValue.Numeric(2),
                "stages", new MetadataValue.Items(List.of(new MetadataValue.Text("a")))));
  }

  @Test
  void weightOfALocality() {
    ClusterLoadAssignment.Builder message = endpoints("c", 80).toBuilder();
    message.getEndpointsBuilder(0).setLoadBalancingWeight(UInt32Value.of(7));
    assertThat(Reading.value(ResourceType.ENDPOINTS, message.build()).localities().get(0).weight())
        .isEqualTo(7);
    message.getEndpointsBuilder(0).clearLoadBalancingWeight();
    assertThat(Reading.value(ResourceType.ENDPOINTS, message.build()).localities().get(0).weight())
        .isZero();
    message.getEndpointsBuilder(0).setLoadBalancingWeight(UInt32Value.of(-1));
    assertThat(errors(message.build()))
        .containsExactly(
            "endpoints[0].load_balancing_weight: 4294967295 (expected: 0..2147483647)");
    message.getEndpointsBuilder(0).setLoadBalancingWeight(UInt32Value.of(Integer.MAX_VALUE));
    message.addEndpoints(message.getEndpoints(0).toBuilder().clearLbEndpoints());
    assertThat(errors(message.build()))
        .containsExactly(
            "endpoints[1]: sum of locality weights 4294967294 (expected: <= 2147483647)");
  }

  @Test
  void healthOfAPriorityMayGoByWeight() {
    ClusterLoadAssignment.Builder message = endpoints("c", 80).toBuilder();
    message.getPolicyBuilder().setWeightedPriorityHealth(true);
    assertThat(Reading.value(ResourceType.ENDPOINTS, message.build()).policy())
        .isEqualTo(new AssignmentPolicy(140, true));
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN, UNKNOWN",
    "HEALTHY, HEALTHY",
    "DEGRADED, DEGRADED",
    "UNHEALTHY, UNHEALTHY",
    "DRAINING, DRAINING",
    "TIMEOUT, TIMEOUT"
  })
  void health(
      io.librarymesh.proto.envoy.config.core.v3.HealthStatus said, HealthStatus understood) {
    assertThat(first(endpoint("10.0.0.1", 80).setHealthStatus(said)).health())
        .isEqualTo(understood);
  }

  @Test
  void localitiesAndPriorities() {
    ClusterLoadAssignment message =
        ClusterLoadAssignment.newBuilder()
            .setPolicy(Policy.newBuilder().setOverprovisioningFactor(UInt32Value.of(200)))
            .addEndpoints(
                LocalityLbEndpoints.newBuilder()
                    .setPriority(1)
                    .setLocality(
                        io.librarymesh.proto.envoy.config.core.v3.Locality.newBuilder()
                            .setRegion("r")
                            .setZone("z")
                            .setSubZone("s"))
                    .addLbEndpoints(endpoint("::1", 80)))
            .addEndpoints(LocalityLbEndpoints.newBuilder().addLbEndpoints(endpoint("::1", 80)))
            .build();
    LoadAssignment assignment = Reading.value(ResourceType.ENDPOINTS, message);
    assertThat(assignment.policy().overprovisioningPercent()).isEqualTo(200);
    assertThat(assignment.localities())
        .containsExactly(
            new LocalityEndpoints(new Locality("r", "z", "s"), 1, List.of(Endpoint.of("::1", 80))),
            new LocalityEndpoints(Locality.NONE, 0, List.of(Endpoint.of("::1", 80))));
  }

  @Test
  void addressesAreChecked() {
    String path = FIRST + ".endpoint.address.socket_address.";
    assertThat(errors(with(endpoint("greeter", 80))))
        .containsExactly(path + "address: greeter (expected: an IP address)");
    assertThat(errors(with(endpoint("10.0.0.1", 0))))
        .containsExactly(path + "port_value: 0 (expected: 1..65535)");
    assertThat(errors(with(endpoint("10.0.0.1", 65_536))))
        .containsExactly(path + "port_value: 65536 (expected: 1..65535)");
    LbEndpoint.Builder udp = endpoint("10.0.0.1", 80);
    udp.getEndpointBuilder()
        .getAddressBuilder()
        .getSocketAddressBuilder()
        .setProtocol(SocketAddress.Protocol.UDP);
    assertThat(errors(with(udp))).containsExactly(path + "protocol: UDP (expected: TCP)");
    assertThat(errors(with(LbEndpoint.newBuilder().setEndpointName("e"))))
        .containsExactly(FIRST + ": no socket address (expected: endpoint.address.socket_address)");
  }

  @Test
  void numbersAreChecked() {
    assertThat(errors(with(endpoint("10.0.0.1", 80).setLoadBalancingWeight(UInt32Value.of(0)))))
        .containsExactly(FIRST + ".load_balancing_weight: 0 (expected: 1..2147483647)");
    assertThat(
            errors(
                with(
                    endpoint("10.0.0.1", 80)
                        .setLoadBalancingWeight(UInt32Value.of(Integer.MAX_VALUE)),
                    endpoint("10.0.0.2", 80))))
        .containsExactly("endpoints[0]: sum of weights 2147483648 (expected: <= 2147483647)");
    assertThat(
            errors(
                ClusterLoadAssignment.newBuilder()
                    .addEndpoints(LocalityLbEndpoints.newBuilder().setPriority(129))
                    .setPolicy(Policy.newBuilder().setOverprovisioningFactor(UInt32Value.of(0)))
                    .build()))
        .containsExactly(
            "endpoints[0].priority: 129 (expected: 0..128)",
            "policy.overprovisioning_factor: 0 (expected: 1..2147483647)");
  }

  @Test
  void sameAddressInOnePriorityIsTakenOnce() {
    ClusterLoadAssignment twice = with(endpoint("10.0.0.1", 80), endpoint("10.0.0.1", 80));
    assertThat(Reading.value(ResourceType.ENDPOINTS, twice).localities().get(0).endpoints())
        .containsExactly(Endpoint.of("10.0.0.1", 80));
    assertThat(Reading.warnings(ResourceType.ENDPOINTS, twice))
        .containsExactly(
            "endpoints[0].lb_endpoints[1]: 10.0.0.1:80 stands there before, so it is left out");
  }

  @Test
  void manyErrorsAreCutShort() {
    LbEndpoint.Builder[] many = new LbEndpoint.Builder[1_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = endpoint("nowhere", i + 1);
    }
    assertThat(errors(with(many))).hasSize(21).last().isEqualTo("and 980 more");
  }

  @Test
  void fieldsThatAreNotCarriedOutAreNamed() {
    ClusterLoadAssignment message =
        endpoints("c", 80).toBuilder()
            .setPolicy(Policy.newBuilder().setEndpointStaleAfter(SampleResources.seconds(1)))
            .build();
    assertThat(Reading.warnings(ResourceType.ENDPOINTS, message))
        .containsExactlyInAnyOrder("policy.endpoint_stale_after: not carried out");
  }

  @Test
  void dropOfOverloadIsRead() {
    ClusterLoadAssignment message = dropping(drop("lb", 25, DenominatorType.TEN_THOUSAND));
    assertThat(Reading.value(ResourceType.ENDPOINTS, message).policy())
        .isEqualTo(new AssignmentPolicy(140, false, new FractionalPercent(25, 10_000)));
    assertThat(Reading.warnings(ResourceType.ENDPOINTS, message)).isEmpty();
  }

  @Test
  void overloadIsDroppedForOneReasonAndNoMoreThanEverything() {
    DropOverload all = drop("lb", 100, DenominatorType.HUNDRED);
    assertThat(Reading.value(ResourceType.ENDPOINTS, dropping(all)).policy().dropOverload())
        .isEqualTo(FractionalPercent.ALWAYS);
    assertThat(errors(dropping(drop("lb", 60, DenominatorType.HUNDRED), all)))
        .containsExactly("policy.drop_overloads: 2 (expected: 1 at most)");
    assertThat(errors(dropping(drop("", 10_001, DenominatorType.TEN_THOUSAND))))
        .containsExactly(
            "policy.drop_overloads[0].category: empty (expected: a name)",
            "policy.drop_overloads[0].drop_percentage.numerator: 10001 (expected: <= 10000)");
  }

  private static DropOverload drop(String category, int numerator, DenominatorType denominator) {
    return DropOverload.newBuilder()
        .setCategory(category)
        .setDropPercentage(
            io.librarymesh.proto.envoy.type.v3.FractionalPercent.newBuilder()
                .setNumerator(numerator)
                .setDenominator(denominator))
        .build();
  }

  private static ClusterLoadAssignment dropping(DropOverload... drops) {
    return endpoints("c", 80).toBuilder()
        .setPolicy(Policy.newBuilder().addAllDropOverloads(List.of(drops)))
        .build();
  }
}
