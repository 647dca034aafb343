package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, addresses, expressions and spelling. */
final class SyntaxTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a", "a.b", "A-1.b", "a.b.", "*", "*.a", "*a.b", "*-a.b", "1.a", "xn--a.b", "*-1a"
      })
  void theseAreDomains(String name) {
    assertThat(Names.isWildcardDomain(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "a..b", "a.*", "-a", "a-", "a_b", "a b", "**", "*.", "a.*.", "a.1", "1.2.3.4",
        "*-", "*.1"
      })
  void theseAreNot(String name) {
    assertThat(Names.isWildcardDomain(name)).isFalse();
  }

  @Test
  void lengthsOfDomainsAndLabelsAreLimited() {
    String label = "a".repeat(63);
    assertThat(Names.isWildcardDomain(label + "." + label)).isTrue();
    assertThat(Names.isWildcardDomain("a" + label)).isFalse();
    assertThat(Names.isWildcardDomain("b." + "a" + label)).isFalse();
    assertThat(Names.isWildcardDomain(("a".repeat(50) + ".").repeat(5) + "b")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.2.3.4", "0.0.0.0", "255.255.255.255", "::1", "fe80::1:2", "::ffff:1.2.3.4"})
  void theseAreAddresses(String text) {
    assertThat(Names.isIp(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.4.", "1.2.3.256", "a", ":", "1::2::3", "1.2.3.4.5"})
  void theseAreNoAddresses(String text) {
    assertThat(Names.isIp(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.0/24, true",
    "1.2.3.4/32, true",
    "::/0, true",
    "::1/128, true",
    "1.2.3.4/33, false",
    "::1/129, false",
    "1.2.3.4/, false",
    "1.2.3.4/-1, false",
    "a/8, false",
  })
  void blocksHaveAPrefixLengthOfTheirFamily(String text, boolean expected) {
    assertThat(Names.isIpOrCidr(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a.com, a.com, true",
    "a.com, A.COM, true",
    "a.com, b.com, false",
    "*.com, a.com, true",
    "*.a.com, a.com, false",
    "*.a.com, *.com, true",
    "*.a.com, *.b.com, false",
    "*, a, true",
  })
  void hostsOverlapAsInIstio(String a, String b, boolean expected) {
    assertThat(Names.hostsOverlap(a, b)).isEqualTo(expected);
    assertThat(Names.hostsOverlap(b, a)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a.com, *.com, true",
    "*.a.com, *.com, true",
    "*.com, *.a.com, false",
    "*.com, a.com, false",
    "a.com, a.com, true",
    "a.com, *, true",
  })
  void coveringIsOneSided(String host, String by, boolean expected) {
    assertThat(Names.hostCoveredBy(host, by)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "app, true",
    "app.kubernetes.io/name, true",
    "a_b.c-d, true",
    "'', false",
    "/a, false",
    "a/b/c, false",
    "-a, false",
    "a/, false",
  })
  void labelKeysAreThoseOfKubernetes(String key, boolean expected) {
    assertThat(Names.isLabelKey(key)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*",
        "a{1000}",
        "(a{10}){100}",
        "(a{10}b{10}){100}",
        "[{]{3}",
        "\\{1000}{2}",
        "[]a{9999}]",
        "[[:alpha:]{1000}]{2}",
        "\\Q{1000}{1000}\\E",
        "a{,1000}{2}",
        "(?i)a|b",
      })
  void theseExpressionsAreTaken(String regex) {
    assertThat(Re2.problem(regex)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(a{11}){100}",
        "(a{1,11}){0,100}",
        "((x{10}|y{500}){2}z){2}",
        "(((a{1000}){1000}){1000}){1000}",
      })
  void nestedCountsBeyondAThousandAreRefusedBeforeTheyAreCompiled(String regex) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertThat(Re2.problem(regex)).isPresent());
  }

  @Test
  void theNearestNameIsFoundWhateverItsCase() {
    List<String> names = List.of("attempts", "perTryTimeout", "retryOn", "backoff");

    assertThat(Spelling.nearest("perTryTimeOut", names)).contains("perTryTimeout");
    assertThat(Spelling.nearest("retryon", names)).contains("retryOn");
    assertThat(Spelling.nearest("retry_on", names)).contains("retryOn");
    assertThat(Spelling.nearest("atempts", names)).contains("attempts");
    assertThat(Spelling.nearest("bakcoff", names)).contains("backoff");
    assertThat(Spelling.nearest("timeout", names)).isEmpty();
    assertThat(Spelling.nearest("x".repeat(1_000), names)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'', '', 0", "a, '', 1", "abc, acb, 1", "kitten, sitting, 3", "abc, abc, 0"})
  void distanceCountsEdits(String a, String b, int expected) {
    assertThat(Spelling.distance(a, b)).isEqualTo(expected);
  }

  @Test
  void pathsPrintKeysThatAreNoPlainWordsInBrackets() {
    FieldPath path = FieldPath.ROOT.fields("spec", "http").index(0).field("headers");

    assertThat(path.field("x-user")).hasToString("spec.http[0].headers.x-user");
    assertThat(path.field("a.b/c")).hasToString("spec.http[0].headers[\"a.b/c\"]");
    assertThat(path.field("a\nb")).hasToString("spec.http[0].headers[\"a b\"]");
    assertThat(FieldPath.ROOT).hasToString("");
  }
}
