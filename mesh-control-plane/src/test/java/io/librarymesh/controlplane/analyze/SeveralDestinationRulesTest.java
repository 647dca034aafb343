package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeveralDestinationRulesTest {
  private static final String POLICY = "trafficPolicy: {loadBalancer: {simple: RANDOM}}\n";
  private static final String V1 = "subsets: [{name: v1, labels: {version: v1}}]\n";
  private static final String V2 = "subsets: [{name: v2, labels: {version: v2}}]\n";

  private static List<String> found(String first, String second) {
    return AnalyzedFiles.services()
        .destinationRule("prod", "a", "host: reviews\n" + first)
        .destinationRule("prod", "b", "host: reviews.prod.svc.cluster.local\n" + second)
        .diagnoses(Code.SEVERAL_DESTINATION_RULES);
  }

  @Test
  void aPolicyThatLosesIsNamed() {
    assertThat(found(POLICY, POLICY))
        .containsExactly(
            "3.yaml:1:1: warning: LM0301 SeveralDestinationRules: spec.trafficPolicy: not in force:"
                + " the policy of DestinationRule prod/a at 2.yaml:1:1 for the same host counts, as"
                + " a whole (expected: one DestinationRule for the host)");
  }

  @Test
  void aSubsetOfATakenNameIsNamed() {
    assertThat(found(V1, V1))
        .singleElement()
        .asString()
        .contains("3.yaml:6:13: warning", "spec.subsets[0]: v1: not in force");
  }

  @Test
  void whatIsMergedWithoutLossIsAnInformation() {
    assertThat(found(POLICY, V2))
        .singleElement()
        .asString()
        .contains(": info: ", "merged with DestinationRule prod/a", "the subsets v2");
  }

  @Test
  void oneThatIsExportedLessFarStandsAlone() {
    assertThat(found(POLICY, "exportTo: ['.']\n" + V2))
        .singleElement()
        .asString()
        .contains("spec.exportTo: not merged with DestinationRule prod/a");
  }

  @Test
  void rulesForOtherHostsOrOfOtherNamespacesAreLeftAlone() {
    assertThat(
            AnalyzedFiles.services()
                .destinationRule("prod", "a", "host: reviews\n" + POLICY)
                .destinationRule("prod", "b", "host: ratings\n" + POLICY)
                .destinationRule("web", "c", "host: reviews.prod.svc.cluster.local\n" + POLICY)
                .diagnoses(Code.SEVERAL_DESTINATION_RULES))
        .isEmpty();
  }
}
