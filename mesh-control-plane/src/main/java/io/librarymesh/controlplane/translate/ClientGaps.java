package io.librarymesh.controlplane.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What clients of other makes leave undone of a resource: some of it the translation spares them,
 * since they would refuse the resource for it, and some they pass over in silence. This project's
 * own client says by itself what it does not carry out.
 *
 * <p>What Istio does by default is not counted, only what somebody wrote. {@code docs/clients.md}
 * has the table, from the sources of grpc-java 1.85, grpc-go 1.85 and grpc-node 1.14.
 */
public final class ClientGaps {

  private final PushContext context;
  private final ClientView view;
  private final String name;
  private final List<Gap> gaps = new ArrayList<>();

  private ClientGaps(PushContext context, ClientView view, String name) {
    this.context = context;
    this.view = view;
    this.name = name;
  }

  /** The gaps of one resource that a client asked for by its name. */
  public static List<Gap> of(PushContext context, ClientView view, ResourceType type, String name) {
    if (view.dialect() == Dialect.LIBRARY) {
      return List.of();
    }
    ClientGaps finder = new ClientGaps(context, view, name);
    finder.whole(type).ifPresent(view.dialect().isGrpc() ? finder::ofGrpc : finder::ofEnvoy);
    return List.copyOf(finder.gaps);
  }

  /** The resource as a client gets it that leaves nothing undone. */
  private Optional<Message> whole(ResourceType type) {
    return Translation.of(context, wholeView(), type, name).resource();
  }

  private ClientView wholeView() {
    return context.canonical(
        new ClientView(view.namespace(), view.labels(), view.locality(), Dialect.LIBRARY));
  }

  private Optional<Cluster> servedCluster() {
    return Translation.of(context, view, ResourceType.CLUSTER, name)
        .resource()
        .map(Cluster.class::cast);
  }

  private void ofEnvoy(Message message) {
    if (message instanceof RouteConfiguration routes) {
      resiliencePolicy(routes);
    } else if (message instanceof Cluster cluster && !view.isRouter()) {
      new Found(where(cluster.getMetadata()), gaps::add)
          .when(
              cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST
                  && !name.equals(ClusterTranslation.PASSTHROUGH),
              "type: ORIGINAL_DST",
              "only connections that were redirected to the Envoy have a destination");
    }
  }

  private void ofGrpc(Message message) {
    if (message instanceof RouteConfiguration routes) {
      resiliencePolicy(routes);
      routes
          .getVirtualHostsList()
          .forEach(
              host ->
                  RouteGaps.find(
                      host.getRoutesList(), route -> where(route.getMetadata()), gaps::add));
    } else if (message instanceof Cluster cluster) {
      cluster(cluster);
    } else if (message instanceof ClusterLoadAssignment endpoints) {
      endpoints(endpoints);
    } else if (message instanceof Listener listener) {
      listener(listener);
    }
  }

  private void resiliencePolicy(RouteConfiguration routes) {
    boolean has =
        routes.getVirtualHostsList().stream()
            .anyMatch(h -> own(h.getMetadata(), ResiliencePolicyTranslation.KEY).isPresent());
    if (has) {
      gaps.add(
          new Gap(
              "ResiliencePolicy",
              "no rate limits, bulkheads, adaptive concurrency, fallbacks or shared answers",
              name));
    }
  }

  private void cluster(Cluster cluster) {
    String where = where(cluster.getMetadata());
    Found found = new Found(where, gaps::add);
    discovery(cluster, found);
    found.when(
        cluster.getLbPolicy() == Cluster.LbPolicy.RANDOM, "lb_policy: RANDOM", "round robin");
    found.when(
        cluster.getLbPolicy() == Cluster.LbPolicy.MAGLEV, "lb_policy: MAGLEV", "a hash ring");
    found.when(
        !view.dialect().knowsLeastRequest() && asksForLeastRequest(),
        "lb_policy: LEAST_REQUEST",
        "round robin");
    found.when(
        cluster.getRoundRobinLbConfig().hasSlowStartConfig()
            || cluster.getLeastRequestLbConfig().hasSlowStartConfig(),
        "slow_start_config",
        "a new endpoint gets its full share at once");
    found.when(cluster.hasOutlierDetection(), "outlier_detection", "no endpoint is ejected");
    found.when(
        !cluster
            .getConnectTimeout()
            .equals(Packing.duration(context.meshConfig().connectTimeout())),
        "connect_timeout",
        "the client's own");
    cluster.getCircuitBreakers().getThresholdsList().stream()
        .findFirst()
        .ifPresent(limits -> CircuitBreakerGaps.find(limits, countsRequests(), found));
    ConnectionGaps.find(cluster, found);
  }

  private boolean countsRequests() {
    return view.dialect().countsRequests() || context.meshConfig().loadReports();
  }

  private void discovery(Cluster cluster, Found found) {
    Optional<Cluster.DiscoveryType> served = servedCluster().map(Cluster::getType);
    String feature = "type: " + cluster.getType();
    if (served.isEmpty() && cluster.hasTransportSocket()) {
      found.when(true, "transport_socket", "not served: TLS of the mesh alone, so calls fail");
    } else if (served.isEmpty()) {
      found.when(true, feature, "not served: there are no endpoints, and calls fail");
    } else if (cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST) {
      found.when(true, feature, "calls go to the endpoints in turn");
    } else if (cluster.getType() == Cluster.DiscoveryType.STRICT_DNS) {
      found.when(
          served.get() == Cluster.DiscoveryType.LOGICAL_DNS,
          feature,
          "one address of the name at a time");
    }
  }

  private boolean asksForLeastRequest() {
    return ClusterName.parse(name)
        .flatMap(parsed -> Upstream.find(new ClientLookup(context, wholeView()), parsed))
        .flatMap(upstream -> upstream.policy().loadBalancer())
        .flatMap(LoadBalancerSettings::simple)
        .filter(LbPolicyTranslation::asksForLeastRequest)
        .isPresent();
  }

  private void endpoints(ClusterLoadAssignment endpoints) {
    boolean unequal =
        endpoints.getEndpointsList().stream()
            .map(LocalityLbEndpoints::getLbEndpointsList)
            .anyMatch(all -> all.stream().map(ClientGaps::weight).distinct().count() > 1);
    boolean ring =
        servedCluster()
            .filter(cluster -> cluster.getLbPolicy() == Cluster.LbPolicy.RING_HASH)
            .isPresent();
    Found found = new Found(name, gaps::add);
    found.when(
        unequal && !ring, "lb_endpoints.load_balancing_weight", "endpoints get equal shares");
    found.when(
        endpoints.getEndpointsList().stream().anyMatch(locality -> locality.getPriority() > 0),
        "endpoints.priority",
        "the next is used when no endpoint of the one before can be reached, not in part");
  }

  private static int weight(LbEndpoint endpoint) {
    return endpoint.getLoadBalancingWeight().getValue();
  }

  private void listener(Listener listener) {
    try {
      boolean sessions =
          listener
              .getApiListener()
              .getApiListener()
              .unpack(HttpConnectionManager.class)
              .getHttpFiltersList()
              .stream()
              .anyMatch(filter -> filter.getName().equals(SessionTranslation.FILTER));
      new Found(name, gaps::add)
          .when(sessions, "stateful_session", "calls of a session go to any endpoint");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(name + " was packed by the translation", e);
    }
  }

  private String where(Metadata metadata) {
    return own(metadata, "origin").map(Value::getStringValue).orElse(name);
  }

  private static Optional<Value> own(Metadata metadata, String key) {
    return Optional.ofNullable(metadata.getFilterMetadataMap().get(Packing.OWN_METADATA))
        .map(struct -> struct.getFieldsMap().get(key));
  }

  /** Notes gaps of one place. */
  record Found(String where, Consumer<Gap> gaps) {

    void when(boolean present, String feature, String effect) {
      if (present) {
        gaps.accept(new Gap(feature, effect, where));
      }
    }
  }
}
