package io.librarymesh.route;

import static io.librarymesh.route.Tables.chosen;
import static io.librarymesh.route.Tables.equal;
import static io.librarymesh.route.Tables.matches;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.present;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import org.junit.jupiter.api.Test;

/** Conditions on query parameters, which are read as they stand in the URL. */
final class QueryParameterMatchTest {
  private static QueryParameterMatch parameter(String name, ValueMatch value) {
    return new QueryParameterMatch(name, value);
  }

  private static QueryParameterMatch parameter(String name, StringMatch value) {
    return parameter(name, new ValueMatch.Text(value));
  }

  @Test
  void parameterWithoutEqualsSignIsPresentAndEmpty() {
    assertThat(matches(parameter("k", present(true)), get("/?k"))).isTrue();
    assertThat(matches(parameter("k", equal("")), get("/?k"))).isTrue();
    assertThat(matches(parameter("k", equal("")), get("/?k="))).isTrue();
    assertThat(matches(parameter("k", equal("")), get("/?k=1"))).isFalse();
  }

  @Test
  void absentParameterMatchesNothingButAbsence() {
    assertThat(matches(parameter("k", present(true)), get("/"))).isFalse();
    assertThat(matches(parameter("k", present(true)), get("/?"))).isFalse();
    assertThat(matches(parameter("k", equal("")), get("/?"))).isFalse();
    assertThat(matches(parameter("k", present(false)), get("/?j=1"))).isTrue();
    assertThat(matches(parameter("k", present(false)), get("/?k"))).isFalse();
  }

  @Test
  void valueIsNotDecoded() {
    assertThat(matches(parameter("k", equal("a b")), get("/?k=a%20b"))).isFalse();
    assertThat(matches(parameter("k", equal("a%20b")), get("/?k=a%20b"))).isTrue();
    assertThat(matches(parameter("k", equal("a b")), get("/?k=a+b"))).isFalse();
  }

  @Test
  void firstOfSeveralValuesCounts() {
    assertThat(matches(parameter("debug", equal("true")), get("/?debug=true&debug=no"))).isTrue();
    assertThat(matches(parameter("debug", equal("no")), get("/?debug=true&debug=no"))).isFalse();
  }

  @Test
  void nameIsTheWholeNameWithCase() {
    assertThat(matches(parameter("k", present(true)), get("/?K=1&kk=1&xk=1&x=k"))).isFalse();
    assertThat(matches(parameter("k", equal("1")), get("/?kk=2&k=1"))).isTrue();
  }

  @Test
  void valueGoesOnAfterAnotherEqualsSign() {
    assertThat(matches(parameter("k", equal("a=b")), get("/?k=a=b&x"))).isTrue();
  }

  @Test
  void emptyPartsAreSkipped() {
    assertThat(matches(parameter("k", equal("1")), get("/?&&k=1&"))).isTrue();
    assertThat(matches(parameter("k", present(true)), get("/?=k"))).isFalse();
  }

  @Test
  void queryBeginsAtTheFirstQuestionMarkAndEndsAtTheFragment() {
    assertThat(matches(parameter("k", equal("a?b")), get("/?k=a?b"))).isTrue();
    assertThat(matches(parameter("k", equal("1")), get("/?k=1#&k=2"))).isTrue();
    assertThat(matches(parameter("k", present(true)), get("/#?k=1"))).isFalse();
    assertThat(matches(parameter("k", present(true)), get("/k=1"))).isFalse();
  }

  @Test
  void textConditionsStayWithinTheValue() {
    String path = "/?k=abc&j=d";

    assertThat(matches(parameter("k", new StringMatch.Prefix("ab", false)), get(path))).isTrue();
    assertThat(matches(parameter("k", new StringMatch.Prefix("abc&j", false)), get(path)))
        .isFalse();
    assertThat(matches(parameter("k", new StringMatch.Suffix("bc", false)), get(path))).isTrue();
    assertThat(matches(parameter("k", new StringMatch.Suffix("k=abc", false)), get(path)))
        .isFalse();
    assertThat(matches(parameter("k", new StringMatch.Contains("b", false)), get(path))).isTrue();
    assertThat(matches(parameter("k", new StringMatch.Contains("d", false)), get(path))).isFalse();
    assertThat(matches(parameter("k", new StringMatch.Exact("ABC", true)), get(path))).isTrue();
    assertThat(matches(parameter("k", new StringMatch.Regex("[a-c]+")), get(path))).isTrue();
    assertThat(matches(parameter("k", new StringMatch.Regex("[a-b]+")), get(path))).isFalse();
  }

  @Test
  void rangeReadsTheValue() {
    assertThat(matches(parameter("k", new ValueMatch.Range(1, 5)), get("/?k=4&x"))).isTrue();
    assertThat(matches(parameter("k", new ValueMatch.Range(1, 5)), get("/?k=5"))).isFalse();
  }

  @Test
  void allConditionsMustHold() {
    RouteTable table =
        table(route("r", prefix("/"), parameter("a", equal("1")), parameter("b", equal("2"))));

    assertThat(chosen(table, get("/?b=2&a=1"))).isEqualTo("r");
    assertThat(chosen(table, get("/?a=1"))).isEqualTo(Tables.NO_ROUTE);
  }
}
