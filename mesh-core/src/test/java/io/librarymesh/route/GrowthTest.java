package io.librarymesh.route;

import static io.librarymesh.route.Tables.NO_DRAWS;
import static io.librarymesh.route.Tables.header;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.present;
import static io.librarymesh.route.Tables.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The work of a decision does not grow with the table. Work is counted, not timed: every route here
 * asks for a header, so the request sees each route that is tried.
 */
final class GrowthTest {
  /** Counts how often it is asked for a header. */
  private static final class CountingRequest implements RequestHead {
    private final String path;
    private int asked;

    CountingRequest(String path) {
      this.path = path;
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String authority() {
      return "reviews";
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public String header(String name) {
      asked++;
      return "";
    }
  }

  private static int routesTried(List<Route> routes, String path, String expected) {
    CountingRequest request = new CountingRequest(path);
    RouteTable table = Tables.table(routes.toArray(Route[]::new));
    var decision = (RouteDecision.Matched) table.decide(request, NO_DRAWS);
    assertThat(decision.route().name()).isEqualTo(expected);
    return request.asked;
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 1_000, 10_000})
  void onlyRoutesWhosePathFitsAreTried(int count) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String path = "/api/" + i + "/";
      PathMatch match =
          switch (i % 3) {
            case 0 -> prefix(path);
            case 1 -> new PathMatch.SeparatedPrefix("/api/" + i, true);
            default -> new PathMatch.Prefix(path, false);
          };
      routes.add(route("r" + i, match, header("x", present(true))));
    }
    routes.add(route("rest", prefix("/"), header("x", present(true))));
    int last = count - 1;

    assertThat(routesTried(routes, "/api/" + last + "/x", "r" + last)).isEqualTo(1);
    assertThat(routesTried(routes, "/other", "rest")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 1_000})
  void routesBehindTheFirstMatchAreNotTried(int count) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      routes.add(route("r" + i, prefix("/"), header("x", present(i >= 3))));
    }

    assertThat(routesTried(routes, "/", "r3")).isEqualTo(4);
  }
}
