package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.registry.Workload;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mesh made of YAML and registered workloads, as one client sees it. The default world is that of
 * the reference's examples: in namespace {@code prod} the services reviews (9080), ratings (8000)
 * and web (80 and 8080), with endpoints of reviews: v1 twice, v2 once.
 */
final class World {

  private static final String SERVICES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: reviews, namespace: prod}
      spec:
        clusterIP: 10.0.0.5
        selector: {app: reviews}
        ports: [{name: http, port: 9080}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: prod}
      spec:
        selector: {app: ratings}
        ports: [{name: http, port: 8000}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: prod}
      spec:
        selector: {app: web}
        ports: [{name: http, port: 80}, {name: http-alt, port: 8080}]
      """;

  private final List<Resource> resources = new ArrayList<>();
  private final List<Workload> workloads = new ArrayList<>();
  private MeshConfig config = MeshConfig.DEFAULT;
  private int files;

  /** The default world. */
  static World standard() {
    World world = new World().with(SERVICES);
    world.workload(
        "reviews-v1", "prod", "10.1.0.1", 9080, Map.of("app", "reviews", "version", "v1"));
    world.workload(
        "reviews-v1", "prod", "10.1.0.2", 9080, Map.of("app", "reviews", "version", "v1"));
    world.workload(
        "reviews-v2", "prod", "10.1.0.3", 9080, Map.of("app", "reviews", "version", "v2"));
    return world;
  }

  static World empty() {
    return new World();
  }

  /**
   * Adds what a file declares; {@code 1.yaml} is the services', the first after it {@code 2.yaml}.
   */
  World with(String yaml) {
    files++;
    ParsedFile parsed = IstioReader.read(files + ".yaml", yaml);
    assertThat(parsed.findings()).noneMatch(f -> f.isError());
    assertThat(parsed.resources()).isNotEmpty();
    resources.addAll(parsed.resources());
    return this;
  }

  /** Adds what a program declares. */
  World add(List<? extends Resource> more) {
    resources.addAll(more);
    return this;
  }

  World workload(
      String name, String namespace, String address, int port, Map<String, String> labels) {
    return workload(name, namespace, address, port, labels, true);
  }

  World workload(
      String name,
      String namespace,
      String address,
      int port,
      Map<String, String> labels,
      boolean ready) {
    workloads.add(
        new Workload(
            name,
            namespace,
            labels,
            address,
            List.of(new Workload.WorkloadPort("", 0, port)),
            "",
            ready));
    return this;
  }

  World with(MeshConfig newConfig) {
    config = newConfig;
    return this;
  }

  PushContext context() {
    MeshConfig inForce = config.with(resources);
    ServiceRegistry registry = new ServiceRegistry(inForce.domain());
    registry.configure(ExportDefaults.complete(resources, inForce));
    for (int i = 0; i < workloads.size(); i++) {
      registry.register("w" + i, workloads.get(i));
    }
    return PushContext.of(inForce, resources, registry.snapshot());
  }

  /** A client of this project's own kind in namespace prod, labelled as in the reference. */
  Client client() {
    return client("prod");
  }

  Client client(String namespace) {
    return client(new ClientView(namespace, Map.of("app", "cart"), "", Dialect.LIBRARY));
  }

  Client grpcClient() {
    return grpcClient(Dialect.GRPC);
  }

  Client grpcClient(Dialect dialect) {
    return client(new ClientView("prod", Map.of("app", "cart"), "", dialect));
  }

  /** A proxy at the edge, in a namespace with labels. */
  Client router(String namespace, Map<String, String> labels) {
    return client(new ClientView(namespace, labels, "", Dialect.ENVOY, Role.ROUTER));
  }

  private Client client(ClientView described) {
    PushContext context = context();
    return new Client(context, described.withEgress(context.canonical(described).egress()));
  }

  /** What one client gets. */
  record Client(PushContext context, ClientView view) {

    Optional<Listener> listener(String authority) {
      return get(ResourceType.LISTENER, authority, Listener.class);
    }

    /** The name of the routes of an authority. */
    String routesOf(String authority) {
      return manager(authority).getRds().getRouteConfigName();
    }

    HttpConnectionManager manager(String authority) {
      try {
        return listener(authority)
            .orElseThrow()
            .getApiListener()
            .getApiListener()
            .unpackSameTypeAs(HttpConnectionManager.getDefaultInstance());
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    Optional<RouteConfiguration> routeConfiguration(String name) {
      return get(ResourceType.ROUTE, name, RouteConfiguration.class);
    }

    /** The routes behind an authority, through its Listener. */
    List<Route> routes(String authority) {
      return routeConfiguration(routesOf(authority))
          .orElseThrow()
          .getVirtualHosts(0)
          .getRoutesList();
    }

    Route onlyRoute(String authority) {
      assertThat(routes(authority)).hasSize(1);
      return routes(authority).get(0);
    }

    Optional<Cluster> cluster(String name) {
      return get(ResourceType.CLUSTER, name, Cluster.class);
    }

    Optional<ClusterLoadAssignment> assignment(String name) {
      return get(ResourceType.ENDPOINT, name, ClusterLoadAssignment.class);
    }

    /** Addresses of the endpoints of a cluster, over all localities. */
    List<String> addresses(String name) {
      return assignment(name).orElseThrow().getEndpointsList().stream()
          .flatMap(locality -> locality.getLbEndpointsList().stream())
          .map(World::address)
          .toList();
    }

    /** The names that a wildcard subscription stands for. */
    List<String> names(ResourceType type) {
      return Catalogue.hosts(context).stream()
          .flatMap(host -> Catalogue.names(context, view, type, host).stream())
          .toList();
    }

    private <M extends Message> Optional<M> get(ResourceType type, String name, Class<M> message) {
      return Translation.of(context, view, type, name).resource().map(message::cast);
    }
  }

  static String address(LbEndpoint endpoint) {
    var socket = endpoint.getEndpoint().getAddress().getSocketAddress();
    return socket.getAddress() + ":" + socket.getPortValue();
  }
}
