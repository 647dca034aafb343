package io.librarymesh.benchmarks.load;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.DefaultExecutorGroup;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.controlplane.server.serializer.CachedProtoResourcesSerializer;
import io.envoyproxy.controlplane.server.serializer.DefaultProtoResourcesSerializer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Translation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server of java-control-plane with its {@code SimpleCache}, over resources that our
 * translation made: what is compared is how they are served.
 */
final class SimpleCacheTarget implements TargetServer {

  private static final String GROUP = "all";
  private static final ClientView VIEW = new ClientView("default", Map.of(), "", Dialect.GRPC);

  private final GeneratedMesh mesh;
  private final boolean cachedBytes;
  private final ServiceRegistry registry = new ServiceRegistry(MeshConfig.DEFAULT.domain());
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<ClusterLoadAssignment> endpoints = new ArrayList<>();
  private SimpleCache<String> cache = new SimpleCache<>(node -> GROUP);
  private PushContext context;
  private int clustersVersion;
  private int endpointsVersion;
  private @Nullable Server server;

  /**
   * A server that is not started.
   *
   * @param cachedBytes whether it keeps the bytes of resources, which is not its default
   */
  SimpleCacheTarget(GeneratedMesh mesh, boolean cachedBytes) {
    this.mesh = mesh;
    this.cachedBytes = cachedBytes;
    registry.configure(mesh.resources());
    for (int i = 0; i < mesh.size(); i++) {
      registry.endpoints(GeneratedMesh.serviceName(i), mesh.endpoints(i));
    }
    context = PushContext.of(MeshConfig.DEFAULT, mesh.resources(), registry.snapshot());
    translateClusters();
    for (int i = 0; i < mesh.size(); i++) {
      endpoints.add(endpoints(i));
    }
  }

  private void translateClusters() {
    clusters.clear();
    for (int i = 0; i < mesh.size(); i++) {
      clusters.add(parse(Cluster.parser(), translated(ResourceType.CLUSTER, i)));
    }
    clustersVersion++;
  }

  private ClusterLoadAssignment endpoints(int service) {
    endpointsVersion++;
    return parse(ClusterLoadAssignment.parser(), translated(ResourceType.ENDPOINT, service));
  }

  private Message translated(ResourceType type, int service) {
    return Translation.of(context, VIEW, type, GeneratedMesh.cluster(service))
        .resource()
        .orElseThrow();
  }

  private static <M> M parse(com.google.protobuf.Parser<M> parser, Message message) {
    try {
      return parser.parseFrom(message.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the same message, other classes", e);
    }
  }

  @Override
  public int start(int port) throws IOException {
    cache = new SimpleCache<>(node -> GROUP);
    publish();
    V3DiscoveryServer discovery =
        new V3DiscoveryServer(
            List.of(),
            cache,
            new DefaultExecutorGroup(),
            cachedBytes
                ? new CachedProtoResourcesSerializer()
                : new DefaultProtoResourcesSerializer());
    Server started =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addService(discovery.getAggregatedDiscoveryServiceImpl())
            .build()
            .start();
    server = started;
    return started.getPort();
  }

  private void publish() {
    cache.setSnapshot(
        GROUP,
        Snapshot.create(
            clusters,
            "c" + clustersVersion,
            endpoints,
            "e" + endpointsVersion,
            List.of(),
            "0",
            List.of(),
            "0",
            List.of(),
            "0"));
  }

  @Override
  public void endpointsChanged(int service) {
    registry.endpoints(GeneratedMesh.serviceName(service), mesh.endpoints(service));
    context = context.withRegistry(registry.snapshot());
    endpoints.set(service, endpoints(service));
    publish();
  }

  @Override
  public void clustersChanged() {
    context = PushContext.of(MeshConfig.DEFAULT, mesh.resources(), registry.snapshot());
    translateClusters();
    publish();
  }

  @Override
  public void allChanged() {
    for (int i = 0; i < mesh.size(); i++) {
      mesh.changeEndpoint(i);
      registry.endpoints(GeneratedMesh.serviceName(i), mesh.endpoints(i));
    }
    context = PushContext.of(MeshConfig.DEFAULT, mesh.resources(), registry.snapshot());
    translateClusters();
    for (int i = 0; i < mesh.size(); i++) {
      endpoints.set(i, endpoints(i));
    }
    publish();
  }

  @Override
  public void stop() {
    if (server != null) {
      server.shutdownNow();
      server = null;
    }
  }
}
