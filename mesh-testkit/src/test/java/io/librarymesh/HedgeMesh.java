package io.librarymesh;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.RecordingObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A mesh with one service, {@code a:80}, whose route hedges after 100 ms and ends after 1 s. */
final class HedgeMesh {
  static final Endpoint A = Endpoint.of("10.0.0.1", 80);
  static final Endpoint B = Endpoint.of("10.0.0.2", 80);

  final FakeTime time = new FakeTime();
  final RecordingObserver observer = new RecordingObserver();
  final Mesh mesh;

  private HedgeMesh(int retries, CircuitBreakers limits) {
    DirectConfigSource source = new DirectConfigSource(time);
    // Draws nothing but zero, so that no back-off waits.
    mesh =
        Mesh.builder(source)
            .ticker(time)
            .scheduler(time)
            .observer(observer)
            .random((bound, draw) -> 0)
            .semantics(Semantics.ISTIO_EXACT)
            .build();
    source.put(config(retries, limits));
    mesh.warm("a", 80);
    time.runDue();
  }

  static HedgeMesh of(int retries) {
    return new HedgeMesh(retries, CircuitBreakers.of(1 << 20, 1 << 20, 1 << 20, 3));
  }

  static HedgeMesh of(int retries, CircuitBreakers limits) {
    return new HedgeMesh(retries, limits);
  }

  MeshCall call() {
    return mesh.call("a", 80, PlainRequest.get("a"));
  }

  /** What is counted now; requests, pending ones and retries. */
  List<Integer> counts() {
    Explanation.State state =
        mesh.explain("a", 80, PlainRequest.get("a"))
            .outcomes()
            .get(0)
            .destinations()
            .get(0)
            .state()
            .orElseThrow();
    return List.of(state.requests(), state.pending(), state.retries());
  }

  private static TargetConfig config(int retries, CircuitBreakers limits) {
    Cluster cluster =
        new Cluster(
            "c",
            Cluster.Discovery.ENDPOINTS,
            LoadBalancing.of(LbPolicy.RoundRobin.DEFAULT, 0),
            Duration.ofSeconds(1).toNanos(),
            limits,
            OutlierDetection.NONE);
    RetryPolicy policy =
        new RetryPolicy(
                Set.of(RetryOn.FIVE_XX),
                Set.of(),
                retries,
                Duration.ofMillis(100).toNanos(),
                RetryPolicy.BackOff.DEFAULT,
                RetryPolicy.HostSelection.ANY)
            .hedging(true);
    RouteAction forward =
        new RouteAction.Forward(
            List.of(new WeightedCluster("c", 1)),
            Timeouts.ofRoute(Duration.ofSeconds(1).toNanos()),
            policy,
            RoutingPriority.DEFAULT,
            503);
    Route route =
        new Route(
            "r", RouteMatch.of(new PathMatch.Prefix("/", true)), forward, FaultInjection.NONE, "");
    RouteConfig routes =
        new RouteConfig(
            "routes", List.of(new VirtualHost("v", List.of("*"), List.of(route), false)), true);
    return new TargetConfig("a:80", routes, Map.of("c", ClusterConfig.of(cluster, List.of(A, B))));
  }
}
