package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShadowedGatewayRoutesTest {

  private static String route(String name, String rules) {
    return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: %s, namespace: prod}
        spec:
          parentRefs: [{kind: Service, group: "", name: reviews}]
          rules:
        %s
        """
        .formatted(name, rules.indent(4));
  }

  private static String rule(String match) {
    return "- {matches: [{" + match + "}], backendRefs: [{name: reviews, port: 9080}]}\n";
  }

  private static List<String> found(String... routes) {
    AnalyzedFiles files = AnalyzedFiles.services();
    for (String each : routes) {
      files.with(each);
    }
    return files.diagnoses(Code.SHADOWED_GATEWAY_ROUTE);
  }

  private static final String ALL = "path: {type: PathPrefix, value: /}";
  private static final String REGEX = "path: {type: RegularExpression, value: '/u/[0-9]+'}";

  @Test
  void aRegexIsNeverReachedBesideTheRootPrefixWhereverItStands() {
    assertThat(found(route("a", rule(REGEX) + rule(ALL))))
        .singleElement()
        .asString()
        .contains("2.yaml:7:18: warning: LM0102", "spec.rules[0].matches[0]: never reached")
        .contains("spec.rules[1].matches[0] at 2.yaml:8:18 takes all of its requests before")
        .contains("regular expressions are tried behind all exact paths and prefixes");
  }

  @Test
  void aPrefixThatGoesAnotherWayLeavesIt() {
    assertThat(found(route("a", rule(REGEX) + rule("path: {type: PathPrefix, value: /users}"))))
        .isEmpty();
    assertThat(found(route("a", rule(REGEX) + rule("path: {type: PathPrefix, value: /u}"))))
        .hasSize(1);
  }

  @Test
  void aHeaderThatOnlyThePrefixHasLeavesTheRest() {
    assertThat(found(route("a", rule(REGEX) + rule(ALL + ", headers: [{name: x, value: y}]"))))
        .isEmpty();
  }

  @Test
  void theLongerPrefixIsTriedFirstSoNothingIsLost() {
    assertThat(found(route("a", rule(ALL) + rule("path: {type: PathPrefix, value: /a}"))))
        .isEmpty();
  }

  @Test
  void routesOfOneParentAreTriedTogether() {
    assertThat(found(route("a", rule(ALL)), route("b", rule(ALL))))
        .singleElement()
        .asString()
        .startsWith("3.yaml:7:18: warning: LM0102")
        .contains("at 2.yaml:7:18 takes all of its requests before");
  }
}
