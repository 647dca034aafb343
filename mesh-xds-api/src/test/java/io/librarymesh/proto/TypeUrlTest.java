package io.librarymesh.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection;
import io.librarymesh.proto.envoy.config.core.v3.AggregatedConfigSource;
import io.librarymesh.proto.envoy.config.core.v3.ConfigSource;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.listener.v3.ApiListener;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.Secret;
import org.junit.jupiter.api.Test;

/** The type URLs are Envoy's, whatever the Java package, and resources travel in Any. */
final class TypeUrlTest {

  private static final ConfigSource ADS =
      ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance()).build();

  @Test
  void clusterTravelsInAny() throws InvalidProtocolBufferException {
    Cluster cluster =
        Cluster.newBuilder()
            .setName("outbound|80||reviews.default.svc.cluster.local")
            .setType(Cluster.DiscoveryType.EDS)
            .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
            .setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST)
            .setOutlierDetection(
                OutlierDetection.newBuilder().setSplitExternalLocalOriginErrors(true))
            .build();

    Any any = Any.pack(cluster);

    assertThat(any.getTypeUrl()).isEqualTo("type.googleapis.com/envoy.config.cluster.v3.Cluster");
    assertThat(Any.parseFrom(any.toByteString()).unpack(Cluster.class)).isEqualTo(cluster);
  }

  @Test
  void routeConfigurationTravelsInAny() throws InvalidProtocolBufferException {
    Route route =
        Route.newBuilder()
            .setMatch(RouteMatch.newBuilder().setPathSeparatedPrefix("/api"))
            .setRoute(RouteAction.newBuilder().setCluster("reviews"))
            .build();
    RouteConfiguration routes =
        RouteConfiguration.newBuilder()
            .setName("reviews:80")
            .addVirtualHosts(VirtualHost.newBuilder().addDomains("reviews").addRoutes(route))
            .build();

    Any any = Any.pack(routes);

    assertThat(any.getTypeUrl())
        .isEqualTo("type.googleapis.com/envoy.config.route.v3.RouteConfiguration");
    assertThat(Any.parseFrom(any.toByteString()).unpack(RouteConfiguration.class))
        .isEqualTo(routes);
  }

  @Test
  void listenerTravelsInAnyAndHoldsOne() throws InvalidProtocolBufferException {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setRds(Rds.newBuilder().setConfigSource(ADS).setRouteConfigName("reviews:80"))
            .build();
    Listener listener =
        Listener.newBuilder()
            .setName("reviews:80")
            .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
            .build();

    Any any = Any.pack(listener);
    Listener read = Any.parseFrom(any.toByteString()).unpack(Listener.class);

    assertThat(any.getTypeUrl()).isEqualTo("type.googleapis.com/envoy.config.listener.v3.Listener");
    assertThat(read.getApiListener().getApiListener().unpack(HttpConnectionManager.class))
        .isEqualTo(manager);
  }

  @Test
  void typeUrlsOfTheResourceTypes() {
    assertThat(typeUrl(ClusterLoadAssignment.getDefaultInstance()))
        .isEqualTo("type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment");
    assertThat(typeUrl(Secret.getDefaultInstance()))
        .isEqualTo("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret");
    assertThat(typeUrl(HttpConnectionManager.getDefaultInstance()))
        .isEqualTo(
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
                + ".HttpConnectionManager");
  }

  @Test
  void memberOfOneofThatIsNotKeptReadsAsNotSet() throws InvalidProtocolBufferException {
    io.envoyproxy.envoy.config.route.v3.RouteMatch written =
        io.envoyproxy.envoy.config.route.v3.RouteMatch.newBuilder()
            .setConnectMatcher(
                io.envoyproxy.envoy.config.route.v3.RouteMatch.ConnectMatcher.getDefaultInstance())
            .build();

    RouteMatch read = RouteMatch.parseFrom(written.toByteString());

    assertThat(read.getPathSpecifierCase())
        .isEqualTo(RouteMatch.PathSpecifierCase.PATHSPECIFIER_NOT_SET);
    assertThat(read.getUnknownFields().asMap())
        .containsOnlyKeys(
            io.envoyproxy.envoy.config.route.v3.RouteMatch.CONNECT_MATCHER_FIELD_NUMBER);
  }

  private static String typeUrl(Message message) {
    return Any.pack(message).getTypeUrl();
  }
}
