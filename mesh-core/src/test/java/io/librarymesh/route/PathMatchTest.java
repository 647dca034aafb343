package io.librarymesh.route;

import static io.librarymesh.route.Tables.NO_ROUTE;
import static io.librarymesh.route.Tables.chosen;
import static io.librarymesh.route.Tables.equal;
import static io.librarymesh.route.Tables.exact;
import static io.librarymesh.route.Tables.header;
import static io.librarymesh.route.Tables.matches;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.PathMatch;
import org.junit.jupiter.api.Test;

/** Conditions on the path, and which of several routes is taken. */
final class PathMatchTest {
  @Test
  void exactIsTheWholePath() {
    assertThat(matches(exact("/foo"), get("/foo"))).isTrue();
    assertThat(matches(exact("/foo"), get("/foo/"))).isFalse();
    assertThat(matches(exact("/foo"), get("/foobar"))).isFalse();
    assertThat(matches(exact("/foo"), get("/fo"))).isFalse();
  }

  @Test
  void queryAndFragmentAreNotComparedWithThePath() {
    assertThat(matches(exact("/foo"), get("/foo?x=1"))).isTrue();
    assertThat(matches(exact("/foo"), get("/foo?x=1#f"))).isTrue();
    assertThat(matches(exact("/foo"), get("/foo#f?x"))).isTrue();
    assertThat(matches(new PathMatch.Regex("/foo"), get("/foo?x=1#f"))).isTrue();
    assertThat(matches(prefix("/a?b"), get("/a?b"))).isFalse();
    assertThat(matches(exact("/a?b"), get("/a?b"))).isFalse();
    assertThat(matches(prefix("/foo"), get("/fo?/foo"))).isFalse();
  }

  @Test
  void prefixIsAPrefixOfCharacters() {
    assertThat(matches(prefix("/foo"), get("/foo"))).isTrue();
    assertThat(matches(prefix("/foo"), get("/foobar"))).isTrue();
    assertThat(matches(prefix("/foo"), get("/Foo"))).isFalse();
    assertThat(matches(prefix("/foo"), get("/fo"))).isFalse();
  }

  @Test
  void emptyPrefixAndSlashMatchEveryPath() {
    assertThat(matches(prefix(""), get("/any/thing?q"))).isTrue();
    assertThat(matches(prefix("/"), get("/any/thing?q"))).isTrue();
    assertThat(matches(prefix(""), get("*"))).isTrue();
    assertThat(matches(prefix("/"), get("*"))).isFalse();
  }

  @Test
  void separatedPrefixEndsAtASlashOrAtTheEnd() {
    PathMatch foo = new PathMatch.SeparatedPrefix("/foo", true);

    assertThat(matches(foo, get("/foobar"))).isFalse();
    assertThat(matches(foo, get("/foo"))).isTrue();
    assertThat(matches(foo, get("/foo/"))).isTrue();
    assertThat(matches(foo, get("/foo/x"))).isTrue();
    assertThat(matches(foo, get("/foo?x=1"))).isTrue();
    assertThat(matches(foo, get("/FOO"))).isFalse();
  }

  @Test
  void regexMatchesTheWholePath() {
    PathMatch regex = new PathMatch.Regex("/b[io]t");

    assertThat(matches(regex, get("/bit"))).isTrue();
    assertThat(matches(regex, get("/bite"))).isFalse();
    assertThat(matches(regex, get("/x/bit"))).isFalse();
  }

  @Test
  void caseMattersUnlessSaidOtherwise() {
    assertThat(matches(exact("/Foo"), get("/foo"))).isFalse();
    assertThat(matches(new PathMatch.Exact("/Foo", false), get("/FOO"))).isTrue();
    assertThat(matches(new PathMatch.Exact("/Foo", false), get("/foo/"))).isFalse();
    assertThat(matches(new PathMatch.Prefix("/Foo", false), get("/fOObar"))).isTrue();
    assertThat(matches(new PathMatch.SeparatedPrefix("/Foo", false), get("/fOO/x"))).isTrue();
    assertThat(matches(new PathMatch.SeparatedPrefix("/Foo", false), get("/fOOx"))).isFalse();
    assertThat(matches(new PathMatch.Regex("/Foo"), get("/FOO"))).isFalse();
  }

  @Test
  void ignoringCaseMergesLettersOnly() {
    assertThat(matches(new PathMatch.Exact("/a_b", false), get("/A_B"))).isTrue();
    assertThat(matches(new PathMatch.Exact("/a_b", false), get("/a\u007fb"))).isFalse();
    assertThat(matches(new PathMatch.Exact("/\u00e4", false), get("/\u00c4"))).isFalse();
  }

  @Test
  void slashesAreNotMerged() {
    assertThat(matches(prefix("/dir"), get("//dir/x"))).isFalse();
    assertThat(matches(prefix("/a/b"), get("/a//b"))).isFalse();
  }

  @Test
  void orderDecidesAndNotSpecificity() {
    RouteTable table = table(route("first", prefix("/")), route("second", exact("/a")));

    assertThat(chosen(table, get("/a"))).isEqualTo("first");
  }

  @Test
  void laterRouteIsTakenWhenEarlierOnesDoNotMatch() {
    RouteTable table =
        table(
            route("header", prefix("/a/b"), header("x", equal("1"))),
            route("regex", new PathMatch.Regex("/a/[0-9]+")),
            route("exact", exact("/a/b")),
            route("folded", new PathMatch.Prefix("/A/", false)),
            route("prefix", prefix("/a")));

    assertThat(chosen(table, get("/a/b").withHeader("x", "1"))).isEqualTo("header");
    assertThat(chosen(table, get("/a/7"))).isEqualTo("regex");
    assertThat(chosen(table, get("/a/b"))).isEqualTo("exact");
    assertThat(chosen(table, get("/a/c"))).isEqualTo("folded");
    assertThat(chosen(table, get("/abc"))).isEqualTo("prefix");
    assertThat(chosen(table, get("/b"))).isEqualTo(NO_ROUTE);
  }

  @Test
  void shorterPrefixIsTriedWhenTheLongerDoesNotMatch() {
    RouteTable table =
        table(
            route("long", prefix("/a/b/c"), header("x", equal("1"))),
            route("separated", new PathMatch.SeparatedPrefix("/a/b", true)),
            route("short", prefix("/a")));

    assertThat(chosen(table, get("/a/b/c"))).isEqualTo("separated");
    assertThat(chosen(table, get("/a/bc"))).isEqualTo("short");
  }

  @Test
  void routesWithTheSamePathAreTriedInOrder() {
    RouteTable table =
        table(
            route("one", exact("/a"), header("x", equal("1"))),
            route("two", exact("/a"), header("x", equal("2"))),
            route("any", exact("/a")),
            route("never", exact("/a"), header("x", equal("3"))));

    assertThat(chosen(table, get("/a").withHeader("x", "2"))).isEqualTo("two");
    assertThat(chosen(table, get("/a").withHeader("x", "3"))).isEqualTo("any");
  }
}
