package io.librarymesh.route;

import static io.librarymesh.route.Tables.NO_DRAWS;
import static io.librarymesh.route.Tables.NO_ROUTE;
import static io.librarymesh.route.Tables.chosen;
import static io.librarymesh.route.Tables.exact;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Routes that match a share of the requests. */
final class FractionTest {
  private static Route shared(String name, PathMatch path, int numerator, int denominator) {
    return route(
        name,
        new RouteMatch(path, List.of(), List.of(), new FractionalPercent(numerator, denominator)));
  }

  private static RandomSource drawing(int value) {
    return (bound, draw) -> {
      assertThat(draw).isEqualTo(Draw.ROUTE_FRACTION);
      assertThat(bound).isEqualTo(1_000_000);
      return value;
    };
  }

  @Test
  void drawBelowTheNumeratorMatches() {
    RouteTable table = table(shared("r", prefix("/"), 30, 100));

    assertThat(chosen(table, get("/"), drawing(29))).isEqualTo("r");
    assertThat(chosen(table, get("/"), drawing(30))).isEqualTo(NO_ROUTE);
  }

  @Test
  void drawCountsModuloTheDenominator() {
    RouteTable percent = table(shared("r", prefix("/"), 30, 100));
    RouteTable perTenThousand = table(shared("r", prefix("/"), 30, 10_000));
    RouteTable perMillion = table(shared("r", prefix("/"), 30, 1_000_000));

    assertThat(chosen(percent, get("/"), drawing(120_129))).isEqualTo("r");
    assertThat(chosen(perTenThousand, get("/"), drawing(120_129))).isEqualTo(NO_ROUTE);
    assertThat(chosen(perTenThousand, get("/"), drawing(120_029))).isEqualTo("r");
    assertThat(chosen(perMillion, get("/"), drawing(120_029))).isEqualTo(NO_ROUTE);
    assertThat(chosen(perMillion, get("/"), drawing(29))).isEqualTo("r");
  }

  @Test
  void zeroNeverMatchesAndAllAlwaysDoesWithoutADraw() {
    assertThat(chosen(table(shared("r", prefix("/"), 0, 100)), get("/"), NO_DRAWS))
        .isEqualTo(NO_ROUTE);
    assertThat(chosen(table(shared("r", prefix("/"), 100, 100)), get("/"), NO_DRAWS))
        .isEqualTo("r");
    assertThat(chosen(table(shared("r", prefix("/"), 250, 100)), get("/"), NO_DRAWS))
        .isEqualTo("r");
  }

  @Test
  void shareIsExactOverAllDraws() {
    RouteTable table = table(shared("r", prefix("/"), 37, 10_000));
    int hits = 0;
    for (int value = 0; value < 1_000_000; value++) {
      int drawn = value;
      if (table.decide(get("/"), (bound, draw) -> drawn) != RouteDecision.NoRoute.INSTANCE) {
        hits++;
      }
    }

    assertThat(hits).isEqualTo(3_700);
  }

  @Test
  void allRoutesOfARequestLookAtOneDraw() {
    RouteTable table =
        table(
            shared("ten", prefix("/"), 10, 100),
            shared("thirty", exact("/a"), 30, 100),
            shared("regex", new PathMatch.Regex("/a"), 60, 100),
            route("rest", prefix("/")));
    AtomicInteger draws = new AtomicInteger();

    String decided =
        chosen(
            table,
            get("/a"),
            (bound, draw) -> {
              draws.incrementAndGet();
              return 59;
            });

    assertThat(decided).isEqualTo("regex");
    assertThat(draws).hasValue(1);
    assertThat(chosen(table, get("/a"), drawing(9))).isEqualTo("ten");
    assertThat(chosen(table, get("/a"), drawing(10))).isEqualTo("thirty");
    assertThat(chosen(table, get("/a"), drawing(60))).isEqualTo("rest");
  }
}
