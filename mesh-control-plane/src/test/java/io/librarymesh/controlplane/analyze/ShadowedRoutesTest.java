package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShadowedRoutesTest {
  private static final String TO = "route: [{destination: {host: reviews}}]";

  private static List<String> found(String... matches) {
    StringBuilder spec = new StringBuilder("hosts: [reviews]\nhttp:\n");
    for (String match : matches) {
      spec.append("  - {match: ").append(match).append(", ").append(TO).append("}\n");
    }
    return AnalyzedFiles.services().rules("r", spec.toString()).diagnoses(Code.SHADOWED_ROUTE);
  }

  @Test
  void aRuleBehindAWiderPrefixIsNamedWithBothPlaces() {
    assertThat(found("[{uri: {prefix: /a}}]", "[{uri: {exact: /a/b}}]"))
        .containsExactly(
            "2.yaml:8:7: warning: LM0101 ShadowedRoute: spec.http[1]: never reached:"
                + " http[0].match[0] at 2.yaml:7:16 takes all of its requests before (expected:"
                + " this rule above that one, or gone)");
  }

  @Test
  void aRegexIsKnownByWhatItBeginsWith() {
    assertThat(found("[{uri: {prefix: /api}}]", "[{uri: {regex: '/api/[0-9]+'}}]")).hasSize(1);
    assertThat(found("[{uri: {prefix: /api/}}]", "[{uri: {regex: '/api/?'}}]")).isEmpty();
    assertThat(found("[{uri: {prefix: /api}}]", "[{uri: {regex: '/api.*|/b'}}]")).isEmpty();
    assertThat(found("[{uri: {prefix: /api/}}]", "[{uri: {regex: '/api/(a|b)'}}]")).hasSize(1);
    assertThat(found("[{uri: {prefix: /a.b}}]", "[{uri: {regex: '/a\\.b/.+'}}]")).hasSize(1);
    assertThat(found("[{uri: {prefix: /api}}]", "[{uri: {regex: '(?i)/api.*'}}]")).isEmpty();
  }

  @Test
  void aRegexTakesTheValuesThatItMatches() {
    assertThat(found("[{uri: {regex: '/[ab]'}}]", "[{uri: {exact: /a}}]")).hasSize(1);
    assertThat(found("[{uri: {regex: '/[ab]'}}]", "[{uri: {exact: /c}}]")).isEmpty();
    assertThat(found("[{uri: {regex: '/[ab]'}}]", "[{uri: {prefix: /a}}]")).isEmpty();
    assertThat(found("[{uri: {regex: '/[ab]'}}]", "[{uri: {regex: '/[ab]'}}]")).hasSize(1);
  }

  @Test
  void everyConditionOfTheWiderMatchHasToBeImplied() {
    String wide = "[{headers: {x-user: {exact: a}}}]";
    assertThat(found(wide, "[{headers: {X-User: {exact: a}}, method: {exact: GET}}]")).hasSize(1);
    assertThat(found(wide, "[{uri: {exact: /a}}]")).isEmpty();
    assertThat(found(wide, "[{headers: {x-user: {exact: b}}}]")).isEmpty();
    assertThat(found("[{headers: {x-user: {}}}]", "[{headers: {x-user: {regex: 'a+'}}}]"))
        .hasSize(1);
    assertThat(found("[{method: {exact: GET}}]", "[{method: {exact: POST}}]")).isEmpty();
    assertThat(found("[{queryParams: {q: {exact: a}}}]", "[{queryParams: {Q: {exact: a}}}]"))
        .isEmpty();
  }

  @Test
  void whatTheWiderMatchRefusesTheNarrowerHasToRefuse() {
    String without = "withoutHeaders: {x-user: {exact: a}}";
    assertThat(found("[{" + without + "}]", "[{uri: {exact: /a}}]")).isEmpty();
    assertThat(found("[{" + without + "}]", "[{uri: {exact: /a}, " + without + "}]")).hasSize(1);
    assertThat(found("[{" + without + "}]", "[{withoutHeaders: {x-user: {}}}]")).hasSize(1);
  }

  @Test
  void caseCountsUnlessItIsIgnored() {
    assertThat(found("[{uri: {prefix: /A}}]", "[{uri: {exact: /a/b}}]")).isEmpty();
    assertThat(found("[{uri: {prefix: /A}, ignoreUriCase: true}]", "[{uri: {exact: /a/b}}]"))
        .hasSize(1);
    assertThat(found("[{uri: {prefix: /a}}]", "[{uri: {exact: /a/b}, ignoreUriCase: true}]"))
        .isEmpty();
  }

  @Test
  void conditionsOnTheCallerNarrow() {
    assertThat(found("[{sourceLabels: {app: a}}]", "[{sourceLabels: {app: a, v: b}}]")).hasSize(1);
    assertThat(found("[{sourceLabels: {app: a}}]", "[{uri: {exact: /a}}]")).isEmpty();
    assertThat(found("[{sourceNamespace: web}]", "[{sourceNamespace: prod}]")).isEmpty();
  }

  @Test
  void ofSeveralMatchesTheShadowedOneIsNamed() {
    assertThat(found("[{uri: {prefix: /a}}]", "[{uri: {exact: /b}}, {uri: {exact: /a/b}}]"))
        .singleElement()
        .asString()
        .contains("spec.http[1].match[1]: never reached");
  }

  @Test
  void whatIsBehindARuleThatTakesEverythingIsSaidByTheReader() {
    assertThat(found("[{uri: {prefix: /}}]", "[{uri: {exact: /a}}]")).isEmpty();
  }

  @Test
  void aRuleThatDelegatesLeavesWhatItsDelegateDoesNotTake() {
    assertThat(
            AnalyzedFiles.services()
                .rules(
                    "r",
                    """
                    hosts: [reviews]
                    http:
                      - {match: [{uri: {prefix: /a}}], delegate: {name: d}}
                      - {match: [{uri: {exact: /a/b}}], route: [{destination: {host: reviews}}]}
                    """)
                .diagnoses(Code.SHADOWED_ROUTE))
        .isEmpty();
  }

  @Test
  void rulesOfAResiliencePolicyAreTriedInOrderToo() {
    assertThat(
            AnalyzedFiles.services()
                .with(
                    """
                    apiVersion: librarymesh.io/v1
                    kind: ResiliencePolicy
                    metadata: {name: p, namespace: prod}
                    spec:
                      hosts: [reviews]
                      http:
                        - {match: [{uri: {prefix: /a}}], bulkhead: {maxConcurrentCalls: 2}}
                        - {match: [{uri: {exact: /a/b}}], bulkhead: {maxConcurrentCalls: 1}}
                    """)
                .diagnoses(Code.SHADOWED_ROUTE))
        .hasSize(1);
  }

  @Test
  void aConditionOnTheOnlyPortIsNone() { // 3.1
    assertThat(found("[{port: 9080}]", "[{uri: {exact: /a}}]"))
        .singleElement()
        .asString()
        .contains("spec.http[1]: never reached: http[0].match[0]");
    String catchAll =
        "hosts: [%s]\nhttp:\n  - {match: [{port: 9080}], " + TO + "}\n  - {" + TO + "}\n";
    assertThat(
            AnalyzedFiles.services()
                .rules("r", catchAll.formatted("reviews"))
                .diagnoses(Code.SHADOWED_ROUTE))
        .hasSize(1);
    assertThat(
            AnalyzedFiles.services()
                .rules("r", catchAll.formatted("reviews, ratings"))
                .diagnoses(Code.SHADOWED_ROUTE))
        .isEmpty();
  }
}
