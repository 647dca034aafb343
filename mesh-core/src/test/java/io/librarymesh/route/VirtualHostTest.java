package io.librarymesh.route;

import static io.librarymesh.route.Tables.NO_ROUTE;
import static io.librarymesh.route.Tables.chosen;
import static io.librarymesh.route.Tables.exact;
import static io.librarymesh.route.Tables.host;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.Tables.tableIgnoringPort;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.VirtualHost;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Envoy's search for the virtual host of an authority. */
final class VirtualHostTest {
  private static String hostOf(RouteTable table, String authority) {
    return chosen(table, TestRequest.get("/x").withAuthority(authority));
  }

  @Test
  void exactNameBeatsEveryWildcard() {
    RouteTable table =
        table(host("A", "foo.com"), host("B", "*.com"), host("C", "foo.*"), host("D", "*"));

    assertThat(hostOf(table, "foo.com")).isEqualTo("A");
    assertThat(hostOf(table, "bar.com")).isEqualTo("B");
    assertThat(hostOf(table, "foo.org")).isEqualTo("C");
    assertThat(hostOf(table, "bar.org")).isEqualTo("D");
  }

  @Test
  void anySuffixWildcardBeatsAnyPrefixWildcard() {
    RouteTable table = table(host("C", "www.example.*"), host("B", "*.com"));

    assertThat(hostOf(table, "www.example.com")).isEqualTo("B");
    assertThat(hostOf(table, "www.example.org")).isEqualTo("C");
  }

  @Test
  void longestSuffixWildcardWins() {
    RouteTable table = table(host("all", "*"), host("foo", "*.foo.com"), host("a", "*.a.foo.com"));

    assertThat(hostOf(table, "x.a.foo.com")).isEqualTo("a");
    assertThat(hostOf(table, "x.b.foo.com")).isEqualTo("foo");
  }

  @Test
  void longestPrefixWildcardWins() {
    RouteTable table = table(host("short", "www.*"), host("long", "www.example.*"));

    assertThat(hostOf(table, "www.example.com")).isEqualTo("long");
    assertThat(hostOf(table, "www.other.com")).isEqualTo("short");
  }

  @Test
  void wildcardStandsForAtLeastOneCharacter() {
    RouteTable table =
        table(host("dot", "*.foo.com"), host("dash", "*-bar.foo.com"), host("prefix", "foo.*"));

    assertThat(hostOf(table, "foo.com")).isEqualTo("prefix");
    assertThat(hostOf(table, ".foo.com")).isEqualTo(NO_ROUTE);
    assertThat(hostOf(table, "baz-bar.foo.com")).isEqualTo("dash");
    assertThat(hostOf(table, "-bar.foo.com")).isEqualTo("dot");
    assertThat(hostOf(table, "foo.")).isEqualTo(NO_ROUTE);
  }

  @Test
  void portIsPartOfTheNameUnlessIgnored() {
    assertThat(hostOf(table(host("A", "example.com")), "example.com:8080")).isEqualTo(NO_ROUTE);
    assertThat(hostOf(table(host("A", "example.com:8080")), "example.com:8080")).isEqualTo("A");

    RouteTable ignoring = tableIgnoringPort(host("A", "example.com"), host("B", "*.org"));

    assertThat(hostOf(ignoring, "example.com:8080")).isEqualTo("A");
    assertThat(hostOf(ignoring, "example.com:")).isEqualTo("A");
    assertThat(hostOf(ignoring, "example.com")).isEqualTo("A");
    assertThat(hostOf(ignoring, "x.org:1")).isEqualTo("B");
  }

  @Test
  void colonsInsideBracketsAreNoPort() {
    RouteTable table = tableIgnoringPort(host("A", "[::1]"), host("B", "[2001:db8::7]"));

    assertThat(hostOf(table, "[::1]")).isEqualTo("A");
    assertThat(hostOf(table, "[::1]:8080")).isEqualTo("A");
    assertThat(hostOf(table, "[2001:DB8::7]:80")).isEqualTo("B");
  }

  @Test
  void asciiCaseDoesNotMatter() {
    RouteTable table = table(host("A", "Example.com"), host("B", "*.Foo.com"), host("C", "Www.*"));

    assertThat(hostOf(table, "EXAMPLE.Com")).isEqualTo("A");
    assertThat(hostOf(table, "example.com")).isEqualTo("A");
    assertThat(hostOf(table, "X.FOO.COM")).isEqualTo("B");
    assertThat(hostOf(table, "WWW.y")).isEqualTo("C");
  }

  @Test
  void charactersThatDifferInTheCaseBitOnlyAreNotEqual() {
    RouteTable table = table(host("A", "a_b"), host("B", "*[x"));

    assertThat(hostOf(table, "A_B")).isEqualTo("A");
    assertThat(hostOf(table, "a\u007fb")).isEqualTo(NO_ROUTE);
    assertThat(hostOf(table, "y{x")).isEqualTo(NO_ROUTE);
    assertThat(hostOf(table(host("A", "\u212a.com")), "k.com")).isEqualTo(NO_ROUTE);
  }

  @Test
  void trailingDotIsPartOfTheName() {
    RouteTable table = table(host("A", "example.com"));

    assertThat(hostOf(table, "example.com.")).isEqualTo(NO_ROUTE);
    assertThat(hostOf(table(host("B", "example.com.")), "example.com.")).isEqualTo("B");
  }

  @Test
  void casePortAndDotMayAllDiffer() {
    String name = "reviews.prod.svc.cluster.local";
    RouteTable table = tableIgnoringPort(host("A", name, name + ".", "reviews.prod", "reviews"));

    assertThat(hostOf(table, "Reviews.PROD.svc.cluster.local.:9080")).isEqualTo("A");
    assertThat(hostOf(table, "reviews:1234")).isEqualTo("A");
    assertThat(hostOf(table, "reviews.prod.svc.cluster")).isEqualTo(NO_ROUTE);
  }

  @Test
  void podOfAHeadlessServiceIsTakenByItsWildcard() {
    String name = "kafka.prod.svc.cluster.local";
    RouteTable table = tableIgnoringPort(host("kafka", name, "*." + name));

    assertThat(hostOf(table, "kafka-0." + name)).isEqualTo("kafka");
    assertThat(hostOf(table, name)).isEqualTo("kafka");
  }

  @Test
  void noRouteInTheVirtualHostDoesNotFallThroughToAnother() {
    VirtualHost a = new VirtualHost("A", List.of("a.com"), List.of(route("x", exact("/x"))), false);
    VirtualHost d = new VirtualHost("D", List.of("*"), List.of(route("d", prefix("/"))), false);
    RouteTable table = table(a, d);

    assertThat(chosen(table, TestRequest.get("/y").withAuthority("a.com"))).isEqualTo(NO_ROUTE);
    assertThat(chosen(table, TestRequest.get("/y").withAuthority("b.com"))).isEqualTo("d");
  }

  @Test
  void missingAuthorityIsTakenByTheLoneCatchAllOnly() {
    assertThat(hostOf(table(host("all", "*")), "")).isEqualTo("all");
    assertThat(hostOf(table(host("all", "*"), host("A", "a.com")), "")).isEqualTo(NO_ROUTE);
  }

  @Test
  void virtualHostWithoutRoutesAndTableWithoutHostsHaveNoRoute() {
    VirtualHost empty = new VirtualHost("E", List.of("e"), List.of(), false);

    assertThat(hostOf(table(empty), "e")).isEqualTo(NO_ROUTE);
    assertThat(hostOf(table(new VirtualHost[0]), "e")).isEqualTo(NO_ROUTE);
  }

  @Test
  void oneVirtualHostMayHaveAllKindsOfDomains() {
    RouteTable table = table(host("A", "a", "*.b", "c.*"), host("B", "*.a"));

    assertThat(hostOf(table, "a")).isEqualTo("A");
    assertThat(hostOf(table, "x.b")).isEqualTo("A");
    assertThat(hostOf(table, "c.x")).isEqualTo("A");
    assertThat(hostOf(table, "c.a")).isEqualTo("B");
  }
}
