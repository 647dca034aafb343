package io.librarymesh.route;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.config.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Makes route configurations and requests from so few words that they hit each other often. Seeded:
 * the same seed makes the same tables.
 */
final class RandomTables {
  // "Aa" and "BB" have the same hash, which is how the index gets to compare different texts.
  private static final String[] WORDS = {"a", "b", "A", "ab", "Aa", "BB", "_", "1"};

  private final SplittableRandom random;

  RandomTables(long seed) {
    random = new SplittableRandom(seed);
  }

  RouteConfig config(int maxHosts, int maxRoutes) {
    List<VirtualHost> hosts = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    int count = 1 + random.nextInt(maxHosts);
    for (int i = 0; i < count; i++) {
      List<String> domains = new ArrayList<>();
      for (int j = random.nextInt(4); j >= 0; j--) {
        String domain = domain();
        if (taken.add(domain.toLowerCase(Locale.ROOT))) {
          domains.add(domain);
        }
      }
      hosts.add(new VirtualHost("host" + i, domains, routes(maxRoutes), chance(50)));
    }
    return new RouteConfig("random", hosts, chance(50));
  }

  TestRequest request() {
    TestRequest request =
        TestRequest.get(path() + query() + (chance(5) ? "#" + query() : ""))
            .withAuthority(authority())
            .withMethod(pick("GET", "POST"))
            .withScheme(pick("http", "https"));
    for (int i = random.nextInt(3); i > 0; i--) {
      request = request.withHeader(pick("x", "y"), value());
    }
    return request;
  }

  int chance() {
    return random.nextInt(1_000_000);
  }

  private List<Route> routes(int max) {
    List<Route> routes = new ArrayList<>();
    int count = random.nextInt(max + 1);
    for (int i = 0; i < count; i++) {
      List<HeaderMatch> headers = new ArrayList<>();
      for (int j = random.nextInt(6) - 3; j > 0; j--) {
        headers.add(header());
      }
      List<QueryParameterMatch> parameters = new ArrayList<>();
      for (int j = random.nextInt(5) - 3; j > 0; j--) {
        parameters.add(new QueryParameterMatch(pick("a", "b"), valueMatch()));
      }
      routes.add(
          Tables.route("r" + i, new RouteMatch(pathMatch(), headers, parameters, fraction())));
    }
    return routes;
  }

  private PathMatch pathMatch() {
    boolean caseSensitive = chance(70);
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> new PathMatch.Prefix(chance(10) ? "" : path(), caseSensitive);
      case 3, 4 -> new PathMatch.Exact(path(), caseSensitive);
      case 5, 6 -> new PathMatch.SeparatedPrefix("/" + pick(WORDS), caseSensitive);
      default -> new PathMatch.Regex(pick("/.*", "/[ab]+/.*", ".*/a", "/a|/b", ".*A.*"));
    };
  }

  private HeaderMatch header() {
    String name = pick("x", "y", "X", ":method", ":scheme", ":authority", ":path");
    return new HeaderMatch(name, valueMatch(), chance(30), chance(30));
  }

  private ValueMatch valueMatch() {
    boolean ignoreCase = chance(30);
    return switch (random.nextInt(7)) {
      case 0 -> new ValueMatch.Present(chance(70));
      case 1 -> new ValueMatch.Range(-2 + random.nextInt(4), random.nextInt(20));
      case 2 -> new ValueMatch.Text(new StringMatch.Prefix(pick(WORDS), ignoreCase));
      case 3 -> new ValueMatch.Text(new StringMatch.Suffix(pick(WORDS), ignoreCase));
      case 4 -> new ValueMatch.Text(new StringMatch.Contains(pick(WORDS), ignoreCase));
      case 5 -> new ValueMatch.Text(new StringMatch.Regex(pick("a.*", "[0-9]+", ".*", "GET")));
      default -> new ValueMatch.Text(new StringMatch.Exact(value(), ignoreCase));
    };
  }

  private FractionalPercent fraction() {
    return chance(80)
        ? FractionalPercent.ALWAYS
        : new FractionalPercent(random.nextInt(101), pick(100, 10_000, 1_000_000));
  }

  private String domain() {
    return switch (random.nextInt(8)) {
      case 0 -> "*";
      case 1, 2 -> "*" + pick(".", "") + name();
      case 3, 4 -> name() + pick(".", "") + "*";
      default -> name() + (chance(15) ? ":1" : "");
    };
  }

  private String authority() {
    return chance(2) ? "" : name() + (chance(20) ? ":1" : "");
  }

  private String name() {
    StringBuilder name = new StringBuilder(pick(WORDS));
    for (int i = random.nextInt(3); i > 0; i--) {
      name.append(pick(".", "", "-")).append(pick(WORDS));
    }
    return name.toString();
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      path.append('/').append(pick(WORDS)).append(chance(20) ? pick(WORDS) : "");
    }
    return path + pick("", "", "", "/");
  }

  private String query() {
    StringBuilder query = new StringBuilder(chance(50) ? "?" : "");
    for (int i = random.nextInt(4); query.length() > 0 && i > 0; i--) {
      query.append(pick("a", "b", "", "a=", "b=", "=")).append(value()).append(pick("&", "&&"));
    }
    return query.toString();
  }

  private String value() {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> String.valueOf(random.nextInt(40) - 20);
      case 2 -> pick("GET", "http", "+1a", "1,2", "-");
      default -> name();
    };
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  private int pick(int... values) {
    return values[random.nextInt(values.length)];
  }
}
