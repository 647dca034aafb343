package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MetricRecorder;
import io.grpc.xds.InternalGrpcBootstrapperImpl;
import io.grpc.xds.InternalSharedXdsClientPoolProvider;
import io.grpc.xds.XdsNameResolverProvider;
import io.grpc.xds.client.XdsClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A channel to {@code greeter-service:3000} of grpc-java's own xDS client, unchanged, of the node
 * {@code stock-client}; its bootstrap is given in code.
 */
final class StockGrpc {
  private final InternalSharedXdsClientPoolProvider.XdsClientResult xdsClients;
  private final XdsClient xdsClient;
  private final ManagedChannel channel;

  StockGrpc(int port) throws Exception {
    xdsClients = xdsClients(port);
    xdsClient = xdsClients.getObject();
    channel =
        Grpc.newChannelBuilder(GreeterMesh.TARGET, InsecureChannelCredentials.create())
            .setNameResolverArg(XdsNameResolverProvider.XDS_CLIENT_SUPPLIER, () -> xdsClient)
            .build();
  }

  ManagedChannel channel() {
    return channel;
  }

  void close() throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    xdsClients.returnObject(xdsClient);
  }

  private static InternalSharedXdsClientPoolProvider.XdsClientResult xdsClients(int port)
      throws Exception {
    Map<String, ?> bootstrap =
        Map.of(
            "node",
            Map.of("id", "stock-client", "metadata", Map.of("NAMESPACE", "default")),
            "xds_servers",
            List.of(
                Map.of(
                    "server_uri",
                    "127.0.0.1:" + port,
                    "channel_creds",
                    List.of(Map.of("type", "insecure")),
                    "server_features",
                    List.of("xds_v3"))));
    return InternalSharedXdsClientPoolProvider.getOrCreate(
        "stock-client-" + port,
        InternalGrpcBootstrapperImpl.parseBootstrap(bootstrap),
        new MetricRecorder() {},
        null);
  }
}
