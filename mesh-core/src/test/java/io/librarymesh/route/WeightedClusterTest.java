package io.librarymesh.route;

import static io.librarymesh.route.Tables.NO_DRAWS;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.random.Draw;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The choice among the clusters of a route, and what else a decision tells. */
final class WeightedClusterTest {
  private static RouteAction forward(int... weights) {
    List<WeightedCluster> clusters = new ArrayList<>();
    for (int weight : weights) {
      clusters.add(new WeightedCluster("cluster" + clusters.size(), weight));
    }
    return new RouteAction.Forward(
        clusters, Timeouts.NONE, RetryPolicy.NONE, RoutingPriority.DEFAULT, 503);
  }

  private static Route route(String name, RouteAction action) {
    return new Route(name, RouteMatch.of(prefix("/")), action, FaultInjection.NONE, "");
  }

  private static RouteDecision.Matched decided(RouteTable table) {
    return (RouteDecision.Matched) table.decide(get("/"), NO_DRAWS);
  }

  private static List<Integer> choices(RouteAction action, int bound, int... drawn) {
    RouteDecision.Matched matched = decided(table(route("r", action)));
    List<Integer> choices = new ArrayList<>();
    for (int value : drawn) {
      choices.add(
          matched.chooseCluster(
              (actualBound, draw) -> {
                assertThat(draw).isEqualTo(Draw.WEIGHTED_CLUSTER);
                assertThat(actualBound).isEqualTo(bound);
                return value;
              }));
    }
    return choices;
  }

  @Test
  void clustersOwnHalfOpenIntervalsInOrder() {
    assertThat(choices(forward(20, 30, 50), 100, 0, 19, 20, 49, 50, 99))
        .containsExactly(0, 0, 1, 1, 2, 2);
  }

  @Test
  void weightsNeedNotAddUpToAHundred() {
    assertThat(choices(forward(1, 3), 4, 0, 1, 2, 3)).containsExactly(0, 1, 1, 1);
  }

  @Test
  void weightZeroIsNeverChosen() {
    assertThat(choices(forward(0, 2, 0, 1, 0), 3, 0, 1, 2)).containsExactly(1, 1, 3);
  }

  @Test
  void sumMayReachTheLargestInt() {
    int half = Integer.MAX_VALUE / 2;

    assertThat(choices(forward(half, half + 1), Integer.MAX_VALUE, 0, half - 1, half))
        .containsExactly(0, 0, 1);
    assertThat(choices(forward(half, half + 1), Integer.MAX_VALUE, Integer.MAX_VALUE - 1))
        .containsExactly(1);
  }

  @Test
  void noDrawWhenOnlyOneClusterCanBeChosen() {
    RouteTable one = table(route("r", forward(7)));
    RouteTable oneOfThree = table(route("r", forward(0, 100, 0)));

    assertThat(decided(one).chooseCluster(NO_DRAWS)).isZero();
    assertThat(decided(oneOfThree).chooseCluster(NO_DRAWS)).isEqualTo(1);
  }

  @Test
  void weightsWithoutASumAreRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> forward(0, 0))
        .withMessageContaining("sum of weights: 0");
  }

  @Test
  void kindFollowsTheAction() {
    RouteDecision direct = decided(table(route("r", new RouteAction.DirectResponse(204, ""))));
    RouteDecision none = table(new Route[0]).decide(get("/"), NO_DRAWS);

    assertThat(decided(table(route("r", forward(1)))).kind()).isEqualTo(RouteDecision.Kind.FORWARD);
    assertThat(direct.kind()).isEqualTo(RouteDecision.Kind.DIRECT_RESPONSE);
    assertThat(none.kind()).isEqualTo(RouteDecision.Kind.NO_ROUTE);
    assertThat(none).isSameAs(RouteDecision.NoRoute.INSTANCE);
  }

  @Test
  void routesAreNumberedOverAllVirtualHosts() {
    Route first = route("first", forward(1));
    Route second = route("second", forward(1));
    Route third = route("third", forward(1));
    RouteTable table =
        table(
            new VirtualHost("A", List.of("a"), List.of(first, second), true),
            new VirtualHost("B", List.of("b"), List.of(third), false));

    assertThat(table.routes())
        .extracting(RouteDecision.Matched::route)
        .containsExactly(first, second, third);
    assertThat(table.routes()).extracting(RouteDecision.Matched::id).containsExactly(0, 1, 2);
    assertThat(table.routes())
        .extracting(RouteDecision.Matched::attemptCountInRequest)
        .containsExactly(true, true, false);
    assertThat(table.decide(get("/").withAuthority("b"), NO_DRAWS)).isSameAs(table.routes().get(2));
  }
}
