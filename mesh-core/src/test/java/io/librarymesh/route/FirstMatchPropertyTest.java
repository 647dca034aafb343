package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteConfig;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over many tables and requests: the index decides what trying everything in order decides. */
final class FirstMatchPropertyTest {
  private static final int PAIRS = Integer.getInteger("naive.pairs", 20_000);

  /** {@code -Dnaive.pairs=1000000} makes it longer; the seed stays the same. */
  @Test
  void indexDecidesLikeALinearScanHoweverLongItIsCompared() {
    indexDecidesLikeALinearScan(4, Math.max(1, PAIRS / 50), 6, 12, 50);
  }

  @ParameterizedTest
  @CsvSource({"1, 3000, 6, 8, 30", "2, 200, 12, 60, 150", "3, 10, 3, 2000, 500"})
  void indexDecidesLikeALinearScan(
      long seed, int tables, int maxHosts, int maxRoutes, int requests) {
    RandomTables random = new RandomTables(seed);
    Set<Class<?>> pathKinds = new HashSet<>();
    int matched = 0;
    int positions = 0;
    for (int i = 0; i < tables; i++) {
      RouteConfig config = random.config(maxHosts, maxRoutes);
      RouteTable table = RouteTable.compile(config);
      for (int j = 0; j < requests; j++) {
        TestRequest request = random.request();
        int chance = random.chance();

        Optional<Route> expected = NaiveRouter.decide(config, request, chance);
        RouteDecision decision = table.decide(request, (bound, draw) -> chance);

        if (expected.isEmpty()) {
          assertThat(decision)
              .as("table %s, %s", i, request)
              .isSameAs(RouteDecision.NoRoute.INSTANCE);
        } else {
          assertThat(decision)
              .as("table %s, %s", i, request)
              .isInstanceOfSatisfying(
                  RouteDecision.Matched.class,
                  found -> assertThat(found.route()).isSameAs(expected.get()));
          matched++;
          positions += expected.get().name().equals("r0") ? 0 : 1;
          pathKinds.add(expected.get().match().path().getClass());
        }
      }
    }

    // The comparison must have had something to compare.
    assertThat(matched).isGreaterThan(tables * requests / 10);
    assertThat(tables * requests - matched).isGreaterThan(tables * requests / 20);
    assertThat(positions).isGreaterThan(matched / 4);
    assertThat(pathKinds)
        .containsExactlyInAnyOrder(
            PathMatch.Exact.class,
            PathMatch.Prefix.class,
            PathMatch.SeparatedPrefix.class,
            PathMatch.Regex.class);
  }
}
