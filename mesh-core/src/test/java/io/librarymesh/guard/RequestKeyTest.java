package io.librarymesh.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.route.TestRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are equal, and which answers are for others than their own request. */
final class RequestKeyTest {
  private static final TestRequest GET = TestRequest.get("/a?b=c");

  private final RequestKey key = RequestKey.comparing(List.of("x-who"));

  @Test
  void equalRequestsHaveOneKey() {
    assertThat(key.of(GET.withHeader("x-trace", "1"), "route"))
        .isNotNull()
        .isEqualTo(key.of(GET.withHeader("x-trace", "2"), "route"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cookie",
        "x-who"
      })
  void headerThatIsComparedMakesADifference(String name) {
    String without = key.of(GET, "");
    String empty = key.of(GET.withHeader(name, ""), "");
    String one = key.of(GET.withHeader(name, "1"), "");
    String two = key.of(GET.withHeader(name, "2"), "");

    assertThat(List.of(String.valueOf(without), String.valueOf(empty)))
        .doesNotHaveDuplicates()
        .doesNotContain(String.valueOf(one), String.valueOf(two));
    assertThat(one).isNotEqualTo(two);
  }

  @Test
  void valuesOfDifferentHeadersAreNotMixedUp() {
    assertThat(key.of(GET.withHeader("accept", "x"), ""))
        .isNotEqualTo(key.of(GET.withHeader("accept-encoding", "x"), ""));
  }

  @Test
  void methodPathAndScopeMakeADifference() {
    assertThat(
            List.of(
                String.valueOf(key.of(GET, "one")),
                String.valueOf(key.of(GET, "two")),
                String.valueOf(key.of(GET.withMethod("HEAD"), "one")),
                String.valueOf(key.of(TestRequest.get("/a?b=d"), "one"))))
        .doesNotHaveDuplicates()
        .doesNotContain("null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
  void onlyWhatAsksForAResourceHasAKey(String method) {
    assertThat(key.of(GET.withMethod(method), "")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "if-range",
        "range",
        "upgrade",
        "transfer-encoding"
      })
  void requestForAPartOrWithABodyHasNone(String name) {
    assertThat(key.of(GET.withHeader(name, "x"), "")).isNull();
  }

  @Test
  void lengthOfNothingIsNoBody() {
    assertThat(key.of(GET.withHeader("content-length", "0"), "")).isNotNull();
    assertThat(key.of(GET.withHeader("content-length", "1"), "")).isNull();
  }

  @Test
  void callerThatForbidsStoringIsObeyed() {
    assertThat(key.of(GET.withHeader("cache-control", "max-age=0, No-Store"), "")).isNull();
    assertThat(key.of(GET.withHeader("cache-control", "max-age=0"), "")).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "content-type  | application/json         | true",
        "content-type  | text/event-stream        | false",
        "content-type  | application/grpc+proto   | false",
        "cache-control | max-age=60, must-revalidate | true",
        "cache-control | no-store                 | false",
        "cache-control | Private, max-age=60      | false",
        "set-cookie    | a=b                      | false",
        "vary          | Accept, X-Who            | true",
        "vary          | accept, user-agent       | false",
        "vary          | *                        | false"
      })
  void answerSaysWhetherItIsForOthers(String name, String value, boolean shared) {
    assertThat(key.mayShare(Map.of(name, value)::get)).isEqualTo(shared);
  }

  @Test
  void answerThatSaysNothingIsForOthers() {
    assertThat(key.mayShare(name -> null)).isTrue();
  }
}
