package io.librarymesh;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What a chain of services sends to the last of them while that one fails every request: each hop
 * retries twice, as Istio's default does, and passes on the failure that it is left with.
 */
class AmplificationTest {
  private static final int CALLS = 20_000;
  private static final Duration BETWEEN_CALLS = Duration.ofMillis(2);

  private final FakeTime time = new FakeTime();
  private long arrivals;

  @Test
  void failureOfOneHopIsNotMultiplied() {
    assertThat(arrivalsPerCall(1, Semantics.STANDARD)).isGreaterThan(1.15).isLessThanOrEqualTo(1.2);
  }

  @Test
  void failureBehindThreeHopsIsNotMultiplied() {
    assertThat(arrivalsPerCall(3, Semantics.STANDARD)).isGreaterThan(1.5).isLessThanOrEqualTo(1.75);
  }

  @Test
  void likeASidecarEveryHopMultipliesByThree() {
    assertThat(arrivalsPerCall(1, Semantics.ISTIO_EXACT)).isEqualTo(3);
    assertThat(arrivalsPerCall(3, Semantics.ISTIO_EXACT)).isEqualTo(27);
  }

  private double arrivalsPerCall(int hops, Semantics semantics) {
    List<Mesh> chain = new ArrayList<>();
    for (int i = 0; i < hops; i++) {
      chain.add(mesh(semantics));
    }
    time.runDue();
    arrivals = 0;
    for (int i = 0; i < CALLS; i++) {
      call(chain, 0);
      time.advance(BETWEEN_CALLS);
    }
    chain.forEach(Mesh::close);
    double perCall = (double) arrivals / CALLS;
    System.out.printf("%s, %d hop(s): %.3f arrivals per call%n", semantics, hops, perCall);
    return perCall;
  }

  /** A call of the hop, which ends with a failure. */
  private void call(List<Mesh> chain, int hop) {
    MeshCall call = chain.get(hop).call("a", 80, PlainRequest.get("a"));
    Step step = call.start();
    while (step instanceof Step.Send || step instanceof Step.Wait) {
      if (step instanceof Step.Wait) {
        step = call.proceed();
      } else {
        arrive(chain, hop + 1);
        step = call.onResponse(new PlainAnswer(503));
      }
    }
    call.onBodyEnd();
  }

  private void arrive(List<Mesh> chain, int hop) {
    if (hop == chain.size()) {
      arrivals++;
    } else {
      call(chain, hop);
    }
  }

  private Mesh mesh(Semantics semantics) {
    DirectConfigSource source = new DirectConfigSource(time);
    // Draws nothing but zero, so that no back-off waits.
    Mesh mesh =
        Mesh.builder(source)
            .ticker(time)
            .scheduler(time)
            .random((bound, draw) -> 0)
            .semantics(semantics)
            .build();
    source.put(config());
    mesh.warm("a", 80);
    return mesh;
  }

  private static TargetConfig config() {
    Cluster cluster =
        new Cluster(
            "c",
            Cluster.Discovery.ENDPOINTS,
            LoadBalancing.of(LbPolicy.RoundRobin.DEFAULT, 0),
            1_000_000_000L,
            CircuitBreakers.NONE,
            OutlierDetection.NONE);
    RetryPolicy retries =
        new RetryPolicy(
            Set.of(RetryOn.FIVE_XX),
            Set.of(),
            2,
            0,
            RetryPolicy.BackOff.DEFAULT,
            RetryPolicy.HostSelection.ANY);
    RouteAction forward =
        new RouteAction.Forward(
            List.of(new WeightedCluster("c", 1)),
            Timeouts.NONE,
            retries,
            RoutingPriority.DEFAULT,
            503);
    Route route =
        new Route(
            "r", RouteMatch.of(new PathMatch.Prefix("/", true)), forward, FaultInjection.NONE, "");
    RouteConfig routes =
        new RouteConfig(
            "routes", List.of(new VirtualHost("v", List.of("*"), List.of(route), false)), true);
    Endpoint endpoint = Endpoint.of("10.0.0.1", 80);
    return new TargetConfig(
        "a:80", routes, Map.of("c", ClusterConfig.of(cluster, List.of(endpoint))));
  }
}
