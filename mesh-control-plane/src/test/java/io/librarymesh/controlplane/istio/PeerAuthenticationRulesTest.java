package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Istio's validation refuses in a PeerAuthentication, and what is taken. */
class PeerAuthenticationRulesTest {
  private static final String SELECTED = "selector: {matchLabels: {app: a}}, ";

  private static String policy(String spec) {
    return Snippets.document("security.istio.io/v1", "PeerAuthentication", "{" + spec + "}");
  }

  private static String selector(String labels) {
    return policy("selector: {matchLabels: {" + labels + "}}");
  }

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  private static String labels(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "l" + i + ": a")
        .collect(Collectors.joining(", "));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refused(policy("mtls: {mode: STRCIT}"), "spec.mtls.mode", "STRICT"),
        refused(policy("mtls: STRICT"), "spec.mtls", "mapping"),
        refused(selector("'a*': b"), "spec.selector.matchLabels[\"a*\"]", "no wildcard"),
        refused(selector("a: 'b*'"), "spec.selector.matchLabels.a", "no wildcard"),
        refused(selector("'': b"), "spec.selector.matchLabels[\"\"]", "label key"),
        refused(selector("a: " + "b".repeat(64)), "spec.selector.matchLabels.a", "label value"),
        refused(selector(labels(4097)), "spec.selector.matchLabels", "4096 at most"),
        refused(policy(SELECTED + "portLevelMtls: {}"), "spec.portLevelMtls", "at least one port"),
        refused(
            policy("portLevelMtls: {80: {mode: STRICT}}"),
            "spec.portLevelMtls",
            "without a selector"),
        refused(
            policy("selector: {matchLabels: {}}, portLevelMtls: {80: {mode: STRICT}}"),
            "spec.portLevelMtls",
            "without a selector"),
        refused(
            policy(SELECTED + "portLevelMtls: {0: {mode: STRICT}}"),
            "spec.portLevelMtls[\"0\"]",
            "1 to 65535"),
        refused(
            policy(SELECTED + "portLevelMtls: {65536: {mode: STRICT}}"),
            "spec.portLevelMtls[\"65536\"]",
            "1 to 65535"),
        refused(
            policy(SELECTED + "portLevelMtls: {http: {mode: STRICT}}"),
            "spec.portLevelMtls.http",
            "1 to 65535"),
        refused(
            policy(SELECTED + "portLevelMtls: {80: STRICT}"),
            "spec.portLevelMtls[\"80\"]",
            "mapping"),
        refused(policy("targetRefs: []"), "spec.targetRefs", "unknown field"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithItsPlace(String text, String path, String words) {
    assertThat(Snippets.errors(text))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fieldPath()).isEqualTo(path);
              assertThat(finding.message()).contains(words);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "selector: {}", "mtls: {}", "mtls: {mode: UNSET}"})
  void takesWhatSaysNothing(String spec) {
    assertThat(Snippets.errors(policy(spec))).isEmpty();
    assertThat(Snippets.read(policy(spec)).resources())
        .singleElement()
        .isInstanceOfSatisfying(
            PeerAuthentication.class,
            policy -> {
              assertThat(policy.selector()).isEmpty();
              assertThat(policy.mode()).isEmpty();
            });
  }

  @Test
  void takesAsManyLabelsAsIstio() {
    assertThat(Snippets.errors(selector(labels(4096)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1"})
  void isReadInEveryVersion(String version) {
    String text =
        Snippets.document(
            "security.istio.io/" + version,
            "PeerAuthentication",
            "{"
                + SELECTED
                + "mtls: {mode: STRICT}, portLevelMtls: {80: {mode: DISABLE}, 65535: {mode: UNSET}}}");
    assertThat(Snippets.read(text).resources())
        .singleElement()
        .isInstanceOfSatisfying(
            PeerAuthentication.class,
            policy -> {
              assertThat(policy.selector()).isEqualTo(Map.of("app", "a"));
              assertThat(policy.mode()).contains(Mode.STRICT);
              assertThat(policy.portLevelMtls())
                  .contains(Map.of("80", Optional.of(Mode.DISABLE), "65535", Optional.empty()));
            });
  }

  @Test
  void thereIsNothingToSayOfWhatIsCarriedOut() {
    assertThat(
            Snippets.read(
                    policy(SELECTED + "mtls: {mode: STRICT}, portLevelMtls: {80: {mode: STRICT}}"))
                .findings())
        .isEmpty();
  }
}
