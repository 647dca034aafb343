package io.librarymesh.route;

import static io.librarymesh.route.Tables.chosen;
import static io.librarymesh.route.Tables.equal;
import static io.librarymesh.route.Tables.header;
import static io.librarymesh.route.Tables.invert;
import static io.librarymesh.route.Tables.matches;
import static io.librarymesh.route.Tables.missingAsEmpty;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.present;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conditions on headers: values, absence, inversion, pseudo headers. */
final class HeaderMatchTest {
  private static final TestRequest WITHOUT = get("/");
  private static final HeaderMatch TEN_TO_TWENTY = header("x", new ValueMatch.Range(10, 20));

  private static TestRequest with(String value) {
    return get("/").withHeader("x", value);
  }

  @Test
  void exactIsTheWholeValueWithCase() {
    assertThat(matches(header("x", equal("a")), with("a"))).isTrue();
    assertThat(matches(header("x", equal("a")), with("A"))).isFalse();
    assertThat(matches(header("x", equal("a")), with("ab"))).isFalse();
    assertThat(matches(header("x", equal("a")), WITHOUT)).isFalse();
    assertThat(matches(header("x", new StringMatch.Exact("a", true)), with("A"))).isTrue();
  }

  @Test
  void exactEmptyIsTheEmptyValue() {
    assertThat(matches(header("x", equal("")), with(""))).isTrue();
    assertThat(matches(header("x", equal("")), with("a"))).isFalse();
    assertThat(matches(header("x", equal("")), WITHOUT)).isFalse();
  }

  @Test
  void headerNameIgnoresCase() {
    assertThat(matches(header("X-Canary", equal("a")), get("/").withHeader("x-canary", "a")))
        .isTrue();
  }

  @Test
  void prefixSuffixAndContainsLookAtAPart() {
    assertThat(matches(header("x", new StringMatch.Prefix("ab", false)), with("abc"))).isTrue();
    assertThat(matches(header("x", new StringMatch.Prefix("ab", false)), with("a"))).isFalse();
    assertThat(matches(header("x", new StringMatch.Prefix("AB", true)), with("abc"))).isTrue();
    assertThat(matches(header("x", new StringMatch.Suffix("bc", false)), with("abc"))).isTrue();
    assertThat(matches(header("x", new StringMatch.Suffix("bc", false)), with("c"))).isFalse();
    assertThat(matches(header("x", new StringMatch.Suffix("BC", true)), with("abc"))).isTrue();
    assertThat(matches(header("x", new StringMatch.Contains("b", false)), with("abc"))).isTrue();
    assertThat(matches(header("x", new StringMatch.Contains("ac", false)), with("abc"))).isFalse();
    assertThat(matches(header("x", new StringMatch.Contains("BC", true)), with("abc"))).isTrue();
    assertThat(matches(header("x", new StringMatch.Contains("", false)), with(""))).isTrue();
  }

  @Test
  void ignoringCaseFoldsAsciiOnly() {
    assertThat(matches(header("x", new StringMatch.Exact("\u00e4", true)), with("\u00c4")))
        .isFalse();
    assertThat(matches(header("x", new StringMatch.Exact("k", true)), with("\u212a"))).isFalse();
  }

  @Test
  void regexMatchesTheWholeValue() {
    HeaderMatch regex = header("x", new StringMatch.Regex("v[0-9]"));

    assertThat(matches(regex, with("v1"))).isTrue();
    assertThat(matches(regex, with("v12"))).isFalse();
    assertThat(matches(regex, WITHOUT)).isFalse();
  }

  @Test
  void missingHeaderFailsAValueConditionEvenWhenInverted() {
    assertThat(matches(invert(header("x", equal("1"))), WITHOUT)).isFalse();
    assertThat(matches(invert(header("x", equal("1"))), with("2"))).isTrue();
    assertThat(matches(invert(header("x", equal("1"))), with("1"))).isFalse();
    assertThat(matches(invert(header("x", new StringMatch.Regex(".*"))), WITHOUT)).isFalse();
    assertThat(matches(invert(TEN_TO_TWENTY), WITHOUT)).isFalse();
  }

  @Test
  void missingHeaderTakenAsEmptyIsComparedAndInverted() {
    assertThat(matches(missingAsEmpty(header("x", equal(""))), WITHOUT)).isTrue();
    assertThat(matches(missingAsEmpty(header("x", equal("1"))), WITHOUT)).isFalse();
    assertThat(matches(missingAsEmpty(invert(header("x", equal("1")))), WITHOUT)).isTrue();
    assertThat(matches(missingAsEmpty(invert(TEN_TO_TWENTY)), WITHOUT)).isTrue();
  }

  @Test
  void withoutHeadersWithAnyRegexNeverMatches() {
    HeaderMatch never = missingAsEmpty(invert(header("x", new StringMatch.Regex(".*"))));

    assertThat(matches(never, WITHOUT)).isFalse();
    assertThat(matches(never, with("1"))).isFalse();
  }

  @Test
  void presenceLooksAtTheHeaderAndNotAtItsValue() {
    assertThat(matches(header("x", present(true)), with(""))).isTrue();
    assertThat(matches(header("x", present(true)), WITHOUT)).isFalse();
    assertThat(matches(header("x", present(false)), with("a"))).isFalse();
    assertThat(matches(header("x", present(false)), WITHOUT)).isTrue();
  }

  @Test
  void presenceCanBeInverted() {
    assertThat(matches(invert(header("x", present(true))), WITHOUT)).isTrue();
    assertThat(matches(invert(header("x", present(true))), with("a"))).isFalse();
    assertThat(matches(invert(header("x", present(false))), WITHOUT)).isFalse();
    assertThat(matches(invert(header("x", present(false))), with("a"))).isTrue();
  }

  @Test
  void presenceDoesNotTakeAMissingHeaderAsEmpty() {
    assertThat(matches(missingAsEmpty(header("x", present(true))), WITHOUT)).isFalse();
    assertThat(matches(missingAsEmpty(header("x", present(false))), WITHOUT)).isTrue();
  }

  @Test
  void severalLinesAreComparedJoinedWithAComma() {
    TestRequest twoLines = get("/").withHeader("x", "a").withHeader("x", "b");

    assertThat(matches(header("x", equal("a,b")), twoLines)).isTrue();
    assertThat(matches(header("x", equal("a")), twoLines)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10, true",
    "19, true",
    "20, false",
    "9, false",
    "-10, false",
    "+10, true",
    "010, true",
    "' 10 ', true",
    "abc, false",
    "10a, false",
    "1 0, false",
    "'', false",
    "+, false",
    "-, false",
    "10.0, false",
    "0x10, false",
    "\u0661\u0660, false",
    "18446744073709551626, false",
    "184467440737095516171, false",
  })
  void rangeIsHalfOpenAndTakesIntegersOnly(String value, boolean expected) {
    assertThat(matches(TEN_TO_TWENTY, with(value))).isEqualTo(expected);
    assertThat(matches(invert(TEN_TO_TWENTY), with(value))).isEqualTo(!expected);
  }

  @Test
  void rangeReachesBothEndsOf64Bits() {
    HeaderMatch low = header("x", new ValueMatch.Range(Long.MIN_VALUE, Long.MIN_VALUE + 1));
    HeaderMatch high = header("x", new ValueMatch.Range(Long.MAX_VALUE - 1, Long.MAX_VALUE));

    assertThat(matches(low, with("-9223372036854775808"))).isTrue();
    assertThat(matches(low, with("-9223372036854775809"))).isFalse();
    assertThat(matches(low, with("9223372036854775808"))).isFalse();
    assertThat(matches(high, with("9223372036854775806"))).isTrue();
    assertThat(matches(high, with("9223372036854775807"))).isFalse();
  }

  @Test
  void pseudoHeadersAreMatchable() {
    TestRequest request =
        get("/foo?x=1").withMethod("POST").withScheme("https").withAuthority("Reviews:9080");

    assertThat(matches(header(":method", equal("POST")), request)).isTrue();
    assertThat(matches(header(":method", equal("post")), request)).isFalse();
    assertThat(matches(header(":scheme", equal("https")), request)).isTrue();
    assertThat(matches(header(":path", equal("/foo?x=1")), request)).isTrue();
    assertThat(matches(header(":path", equal("/foo")), request)).isFalse();
    assertThat(matches(header(":authority", equal("Reviews:9080")), request)).isTrue();
    assertThat(matches(header(":authority", equal("Reviews")), request)).isFalse();
    assertThat(matches(header(":authority", equal("reviews:9080")), request)).isFalse();
  }

  @Test
  void hostReadsTheAuthority() {
    assertThat(matches(header("Host", equal("reviews")), WITHOUT)).isTrue();
  }

  @Test
  void pseudoHeaderThatNoRequestHasIsMissing() {
    assertThat(matches(header(":status", present(false)), WITHOUT)).isTrue();
    assertThat(matches(invert(header(":status", equal("200"))), WITHOUT)).isFalse();
  }

  @Test
  void allConditionsOfARouteMustHold() {
    RouteTable table =
        table(
            route("both", prefix("/"), header("x", equal("1")), header("y", present(true))),
            route("other", prefix("/")));

    assertThat(chosen(table, with("1").withHeader("y", ""))).isEqualTo("both");
    assertThat(chosen(table, with("1"))).isEqualTo("other");
    assertThat(chosen(table, get("/").withHeader("y", ""))).isEqualTo("other");
  }

  @Test
  void eachOfSeveralRoutesMayHoldInstead() {
    RouteTable table =
        table(route("uri", prefix("/a")), route("header", prefix("/"), header("x", equal("1"))));

    assertThat(List.of(chosen(table, get("/a")), chosen(table, with("1"))))
        .containsExactly("uri", "header");
  }
}
