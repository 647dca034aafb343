package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyPortsTest {
  private static final String SETTINGS =
      "portLevelSettings: [{port: {number: %d}, loadBalancer: {simple: ROUND_ROBIN}}]";

  private static List<String> found(String spec) {
    return AnalyzedFiles.services()
        .destinationRule("prod", "d", spec)
        .diagnoses(Code.UNKNOWN_POLICY_PORT);
  }

  @Test
  void settingsForAPortThatTheServiceLacksAreNamed() {
    assertThat(found("host: reviews\ntrafficPolicy: {" + SETTINGS.formatted(3000) + "}\n"))
        .containsExactly(
            "2.yaml:6:39: warning: LM0304 UnknownPolicyPort:"
                + " spec.trafficPolicy.portLevelSettings[0].port.number: 3000: reviews has no such"
                + " port, so the settings are for no call (expected: one of [9080]; the port of the"
                + " service, not that of its workloads)");
  }

  @Test
  void thoseOfASubsetAreLookedAtToo() {
    String subset =
        "host: reviews\nsubsets: [{name: v1, labels: {v: v1}, trafficPolicy: {"
            + SETTINGS
            + "}}]\n";
    assertThat(found(subset.formatted(3000)))
        .singleElement()
        .asString()
        .contains("spec.subsets[0].trafficPolicy.portLevelSettings[0].port.number: 3000");
    assertThat(found(subset.formatted(9080))).isEmpty();
  }

  @Test
  void aPortOfAnyServiceOfAWildcardAndAnUnknownHostAreLeftAlone() {
    String wildcard = "host: '*.prod.svc.cluster.local'\ntrafficPolicy: {" + SETTINGS + "}\n";
    assertThat(found(wildcard.formatted(8000))).isEmpty();
    assertThat(found(wildcard.formatted(80))).hasSize(1);
    assertThat(found("host: gone\ntrafficPolicy: {" + SETTINGS.formatted(80) + "}\n")).isEmpty();
  }
}
