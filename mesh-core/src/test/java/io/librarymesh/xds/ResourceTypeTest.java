package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ResourceTypeTest {
  @Test
  void typeUrls() {
    assertThat(ResourceType.ALL)
        .extracting(ResourceType::typeUrl)
        .containsExactly(
            "type.googleapis.com/envoy.config.listener.v3.Listener",
            "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment");
  }

  @Test
  void nameIsFoundWithoutReadingTheRest() throws InvalidProtocolBufferException {
    assertThat(ResourceType.nameIn(SampleResources.listener("a:80", "r").toByteString()))
        .isEqualTo("a:80");
    assertThat(ResourceType.nameIn(SampleResources.endpoints("c", 1).toByteString()))
        .isEqualTo("c");
    assertThat(ResourceType.nameIn(ByteString.EMPTY)).isEmpty();
    ByteString nameAfterOtherFields =
        Cluster.newBuilder()
            .setConnectTimeout(SampleResources.seconds(1))
            .build()
            .toByteString()
            .concat(Cluster.newBuilder().setName("late").build().toByteString());
    assertThat(ResourceType.nameIn(nameAfterOtherFields)).isEqualTo("late");
    assertThatThrownBy(() -> ResourceType.nameIn(ByteString.copyFrom(new byte[] {10, 50, 1})))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void brokenBytesAreRefused() {
    ByteString cut = SampleResources.routes("r", "c").toByteString();
    assertThat(ResourceType.ROUTE.read(cut.substring(0, cut.size() - 3)))
        .isInstanceOfSatisfying(
            ReadResult.Refused.class,
            refused ->
                assertThat(refused.errors().toString())
                    .contains("not a RouteConfiguration (expected: type.googleapis.com/"));
  }

  @Test
  void noBytesWhateverMakeAReaderThrow() {
    SplittableRandom random = new SplittableRandom(20261122);
    List<ByteString> seeds =
        List.of(
            SampleResources.listener("a:80", "r").toByteString(),
            SampleResources.routes("r", "c", "d").toByteString(),
            SampleResources.cluster("c").toByteString(),
            SampleResources.endpoints("c", 80, 81).toByteString());
    int refused = 0;
    for (int round = 0; round < 4_000; round++) {
      byte[] bytes = seeds.get(round % seeds.size()).toByteArray();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      ReadResult<?> result =
          ResourceType.ALL.get(random.nextInt(4)).read(ByteString.copyFrom(bytes));
      if (result instanceof ReadResult.Refused<?> found) {
        refused++;
        assertThat(found.errors()).isNotEmpty().noneMatch(e -> e.contains("cannot be read"));
      }
    }
    assertThat(refused).isBetween(200, 3_999);
  }

  @Test
  void tablesOfFieldsNameOnlyFieldsThatExist() {
    Set<String> known = new HashSet<>();
    Deque<FileDescriptor> files =
        new ArrayDeque<>(
            List.of(
                Listener.getDescriptor().getFile(),
                RouteConfiguration.getDescriptor().getFile(),
                Cluster.getDescriptor().getFile(),
                ClusterLoadAssignment.getDescriptor().getFile(),
                DnsCluster.getDescriptor().getFile(),
                HttpConnectionManager.getDescriptor().getFile(),
                HTTPFault.getDescriptor().getFile(),
                StatefulSession.getDescriptor().getFile(),
                CookieBasedSessionState.getDescriptor().getFile(),
                Router.getDescriptor().getFile(),
                LeastRequest.getDescriptor().getFile(),
                Maglev.getDescriptor().getFile(),
                WrrLocality.getDescriptor().getFile(),
                Random.getDescriptor().getFile(),
                RingHash.getDescriptor().getFile(),
                RoundRobin.getDescriptor().getFile(),
                Subset.getDescriptor().getFile(),
                HttpProtocolOptions.getDescriptor().getFile(),
                UpstreamTlsContext.getDescriptor().getFile()));
    Set<String> seen = new HashSet<>();
    while (!files.isEmpty()) {
      FileDescriptor file = files.pop();
      if (seen.add(file.getFullName())) {
        files.addAll(file.getDependencies());
        file.getMessageTypes().forEach(type -> collect(type, known));
      }
    }
    assertThat(FieldUse.namedFields()).hasSizeGreaterThan(150).isSubsetOf(known);
  }

  private static void collect(com.google.protobuf.Descriptors.Descriptor type, Set<String> fields) {
    type.getFields().forEach(field -> fields.add(field.getFullName()));
    type.getNestedTypes().forEach(nested -> collect(nested, fields));
  }
}
