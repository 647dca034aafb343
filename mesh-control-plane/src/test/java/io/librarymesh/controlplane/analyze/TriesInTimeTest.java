package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TriesInTimeTest {

  private static List<String> found(String fields) {
    return AnalyzedFiles.services()
        .rules(
            "r",
            "hosts: [reviews]\nhttp: [{route: [{destination: {host: reviews}}], " + fields + "}]\n")
        .diagnoses(Code.TRIES_DO_NOT_FIT);
  }

  @Test
  void aTimeoutThatEndsBeforeTheLastTryIsNamed() { // T8
    assertThat(found("timeout: 3s, retries: {attempts: 3, perTryTimeout: 1s}"))
        .containsExactly(
            "2.yaml:6:10: warning: LM0402 TriesDoNotFit: spec.http[0].timeout: 3s ends the call"
                + " before the last of 4 tries of 1s has run out of time (expected: more than 4s,"
                + " or fewer or shorter tries)");
    assertThat(found("timeout: 4s, retries: {attempts: 3, perTryTimeout: 1s}")).isEmpty();
  }

  @Test
  void aTryThatMayTakeAsLongAsTheCallIsNamed() { // T9
    assertThat(found("timeout: 1s, retries: {attempts: 3, perTryTimeout: 1500ms}"))
        .singleElement()
        .asString()
        .contains("1s is not more than the limit of one try, 1500ms")
        .contains("more than 6s for all 4 tries");
  }

  @Test
  void withoutOneOfTheLimitsThereIsNothingToCompare() {
    assertThat(found("retries: {attempts: 3, perTryTimeout: 1s}")).isEmpty();
    assertThat(found("timeout: 1s, retries: {attempts: 3}")).isEmpty();
  }

  @Test
  void routesOfTheGatewayApiHaveTheSameLimits() {
    assertThat(
            AnalyzedFiles.services()
                .with(
                    """
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: HTTPRoute
                    metadata: {name: h, namespace: prod}
                    spec:
                      parentRefs: [{kind: Service, group: "", name: reviews}]
                      rules:
                        - backendRefs: [{name: reviews, port: 9080}]
                          timeouts: {request: 2s, backendRequest: 1s}
                          retry: {codes: [500], attempts: 2}
                    """)
                .diagnoses(Code.TRIES_DO_NOT_FIT))
        .singleElement()
        .asString()
        .contains("spec.rules[0].timeouts.request: 2s ends the call before the last of 3 tries");
  }
}
