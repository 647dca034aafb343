package io.librarymesh.route;

import static io.librarymesh.route.Tables.NO_DRAWS;
import static io.librarymesh.route.Tables.equal;
import static io.librarymesh.route.Tables.exact;
import static io.librarymesh.route.Tables.header;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.present;
import static io.librarymesh.route.Tables.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.config.VirtualHost;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deciding allocates nothing, but for regular expressions. */
final class AllocationTest {
  private static final int CALLS = 20_000;

  private static final PathNormalizer PATHS =
      PathNormalizer.compile(new PathNormalization(true, true, EscapedSlashes.REJECT_REQUEST));

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static RouteTable table() {
    List<Route> routes = new ArrayList<>();
    routes.add(route("canary", prefix("/api/"), header("x-canary", equal("yes"))));
    routes.add(
        route(
            "version",
            prefix("/api"),
            header("version", new StringMatch.Contains("V2", true)),
            header("tenant", new ValueMatch.Range(10, 20)),
            header(":method", equal("GET"))));
    routes.add(route("debug", prefix("/api/b"), new QueryParameterMatch("debug", present(true))));
    routes.add(route("exact", exact("/api/books/1")));
    routes.add(route("folded", new PathMatch.SeparatedPrefix("/API/BOOKS", false)));
    for (int i = 0; i < 100; i++) {
      routes.add(route("item" + i, prefix("/item/" + i)));
    }
    return Tables.tableIgnoringPort(
        new VirtualHost("a", List.of("reviews", "reviews.prod"), routes, false),
        new VirtualHost("b", List.of("*.prod", "ratings.*"), routes, false));
  }

  private static List<RequestHead> requests() {
    List<RequestHead> requests = new ArrayList<>();
    for (String authority : List.of("reviews:9080", "Reviews.PROD", "x.prod", "ratings.dev")) {
      for (String path : List.of("/api/books/1", "/api/books/2?debug", "/Api/Books", "/item/77")) {
        TestRequest request = TestRequest.get(path).withAuthority(authority);
        requests.add(request);
        requests.add(request.withHeader("x-canary", "yes"));
        requests.add(request.withHeader("version", "v2").withHeader("tenant", "12"));
      }
    }
    return requests;
  }

  private static int decideAll(RouteTable table, List<RequestHead> requests) {
    int sum = 0;
    for (int i = 0; i < CALLS; i++) {
      RequestHead request = requests.get(i % requests.size());
      sum += PATHS.decide(request.path()).kind() == PathDecision.Kind.NORMAL ? 1 : 0;
      if (table.decide(request, NO_DRAWS) instanceof RouteDecision.Matched matched) {
        sum += matched.id();
      }
    }
    return sum;
  }

  @Test
  void decidingAllocatesNothing() {
    assumeTrue(threads.isThreadAllocatedMemorySupported(), "the JVM does not count allocations");
    RouteTable table = table();
    List<RequestHead> requests = requests();
    int expected = decideAll(table, requests);

    long before = threads.getCurrentThreadAllocatedBytes();
    int sum = decideAll(table, requests);
    long after = threads.getCurrentThreadAllocatedBytes();

    assertThat(sum).isEqualTo(expected).isPositive();
    // Leaves room for what the JVM itself may do once, but none for any of the requests.
    assertThat(after - before).isLessThan(1_000);
  }
}
