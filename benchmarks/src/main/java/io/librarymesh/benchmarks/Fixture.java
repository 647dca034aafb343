package io.librarymesh.benchmarks;

import io.librarymesh.Mesh;
import io.librarymesh.Semantics;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.time.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A mesh of services with many routes, of which each call takes the last that its path allows. */
final class Fixture {
  private Fixture() {}

  /** A mesh whose targets {@code service-N:80} all have the same shape. */
  static Mesh mesh(int routes, int endpoints) {
    return mesh(routes, privateAddresses(endpoints), FaultInjection.NONE);
  }

  /** The same, all of whose calls end with an injected 503. */
  static Mesh aborting(int routes, int endpoints) {
    return mesh(
        routes,
        privateAddresses(endpoints),
        new FaultInjection(
            FaultInjection.Delay.NONE, new FaultInjection.Abort(FractionalPercent.ALWAYS, 503)));
  }

  /** The same with one endpoint, a port of this machine. */
  static Mesh meshTo(int port, int routes) {
    return mesh(routes, List.of(Endpoint.of("127.0.0.1", port)), FaultInjection.NONE);
  }

  /** The same as {@link #mesh} without a bound on retries: else few of many are made. */
  static Mesh retrying(int routes, int endpoints) {
    return Mesh.builder(new Shape(routes, privateAddresses(endpoints), FaultInjection.NONE))
        .semantics(Semantics.ISTIO_EXACT)
        .build();
  }

  private static Mesh mesh(int routes, List<Endpoint> endpoints, FaultInjection fault) {
    return Mesh.builder(new Shape(routes, endpoints, fault)).build();
  }

  /** What {@link #mesh} has for one service. */
  static TargetConfig target(int routes, int endpoints) {
    return target("service", new Shape(routes, privateAddresses(endpoints), FaultInjection.NONE));
  }

  private static List<Endpoint> privateAddresses(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Endpoint.of("10.1." + i / 250 + "." + (i % 250 + 1), 8080))
        .toList();
  }

  private record Shape(int routes, List<Endpoint> endpoints, FaultInjection fault)
      implements ConfigSource {
    @Override
    public Scheduler.Cancellable watch(String authority, Watcher watcher) {
      watcher.onUpdate(new Update.Resolved(target(authority, this)));
      return () -> {};
    }

    @Override
    public void close() {}
  }

  private static TargetConfig target(String authority, Shape shape) {
    String v1 = "outbound|80|v1|" + authority;
    String v2 = "outbound|80|v2|" + authority;
    Map<String, ClusterConfig> clusters = new LinkedHashMap<>();
    clusters.put(v1, cluster(v1, shape.endpoints));
    clusters.put(v2, cluster(v2, shape.endpoints));
    List<Route> all = new ArrayList<>();
    for (int i = 0; i < shape.routes; i++) {
      all.add(route(i, v1, v2, shape.fault));
    }
    VirtualHost host = new VirtualHost(authority, List.of("*"), all, true);
    return new TargetConfig(authority, new RouteConfig("routes", List.of(host), true), clusters);
  }

  /** Every tenth route also asks for a header, as rules for testers do. */
  private static Route route(int index, String v1, String v2, FaultInjection fault) {
    List<HeaderMatch> headers =
        index % 10 == 5
            ? List.of(
                new HeaderMatch(
                    "x-tenant",
                    new ValueMatch.Text(new StringMatch.Exact("blue", false)),
                    false,
                    false))
            : List.of();
    RouteMatch match =
        new RouteMatch(
            new PathMatch.Prefix("/api/v1/resource-" + index + "/", true),
            headers,
            List.of(),
            FractionalPercent.ALWAYS);
    RetryPolicy retry =
        new RetryPolicy(
            Set.of(RetryOn.FIVE_XX),
            Set.of(),
            2,
            1_000_000_000L,
            RetryPolicy.BackOff.DEFAULT,
            new RetryPolicy.HostSelection(true, 5));
    RouteAction.Forward forward =
        new RouteAction.Forward(
            List.of(new WeightedCluster(v1, 90), new WeightedCluster(v2, 10)),
            Timeouts.ofRoute(3_000_000_000L),
            retry,
            RoutingPriority.DEFAULT,
            503);
    return new Route("r" + index, match, forward, fault, "");
  }

  private static ClusterConfig cluster(String name, List<Endpoint> endpoints) {
    OutlierDetection outliers =
        OutlierDetection.of(
            new OutlierDetection.Consecutive(
                new Detector(5, 100), new Detector(5, 100), Detector.OFF),
            false,
            Ejection.DEFAULT);
    Cluster cluster =
        new Cluster(
            name,
            Cluster.Discovery.ENDPOINTS,
            LoadBalancing.of(LbPolicy.LeastRequest.DEFAULT, 0),
            1_000_000_000L,
            CircuitBreakers.of(CircuitBreakers.UNLIMITED, CircuitBreakers.UNLIMITED, 1024, 3),
            outliers);
    return ClusterConfig.of(cluster, endpoints);
  }
}
