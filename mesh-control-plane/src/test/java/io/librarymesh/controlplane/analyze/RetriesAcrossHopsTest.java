package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetriesAcrossHopsTest {
  private static final String REVIEWS =
      """
      hosts: [reviews]
      http: [{route: [{destination: {host: reviews}}], retries: {attempts: 3, retryOn: 5xx}}]
      """;

  private static String ratings(String match, String retryOn) {
    return """
        hosts: [ratings]
        http:
          - %sroute: [{destination: {host: ratings}}]
            retries: {attempts: 2, retryOn: "%s"}
        """
        .formatted(match, retryOn);
  }

  @Test
  void triesOfTwoHopsAreMultiplied() {
    assertThat(
            AnalyzedFiles.services()
                .rules("a", REVIEWS)
                .rules("b", ratings("match: [{sourceLabels: {app: reviews}}]\n    ", "503"))
                .diagnoses(Code.RETRIES_MULTIPLY))
        .singleElement()
        .asString()
        .startsWith("3.yaml:7:7: warning: LM0403 RetriesMultiply: spec.http[0].retries: one call")
        .contains("reviews.prod.svc.cluster.local -> ratings.prod.svc.cluster.local becomes up to")
        .contains("up to 12 requests", "4 of reviews.prod", "3 of ratings.prod");
  }

  @Test
  void sidecarsTellWhoCallsWhomToo() {
    String sidecar =
        """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: s, namespace: prod}
        spec:
          workloadSelector: {labels: {app: reviews, version: v1}}
          egress: [{hosts: [./ratings.prod.svc.cluster.local]}]
        """;
    assertThat(
            AnalyzedFiles.services()
                .rules("a", REVIEWS)
                .rules("b", ratings("", "gateway-error"))
                .with(sidecar)
                .diagnoses(Code.RETRIES_MULTIPLY))
        .singleElement()
        .asString()
        .contains(": warning: ");
  }

  @Test
  void whereNobodyTellsItIsOneInformation() {
    assertThat(
            AnalyzedFiles.services()
                .rules("a", REVIEWS)
                .rules("b", ratings("", "5xx"))
                .diagnoses(Code.RETRIES_MULTIPLY))
        .singleElement()
        .asString()
        .contains("2.yaml:6:10: info: ", "retried for 2 hosts", "may become 12 requests");
  }

  @Test
  void retriesOfConnectionsMultiplyNothing() {
    assertThat(
            AnalyzedFiles.services()
                .rules("a", REVIEWS)
                .rules(
                    "b",
                    ratings("match: [{sourceLabels: {app: reviews}}]\n    ", "connect-failure"))
                .diagnoses(Code.RETRIES_MULTIPLY))
        .isEmpty();
  }

  @Test
  void aCircleIsFollowedOnce() {
    String back =
        """
        hosts: [reviews]
        http:
          - match: [{sourceLabels: {app: ratings}}]
            route: [{destination: {host: reviews}}]
            retries: {attempts: 3, retryOn: 5xx}
        """;
    assertThat(
            AnalyzedFiles.services()
                .rules("a", back)
                .rules("b", ratings("match: [{sourceLabels: {app: reviews}}]\n    ", "5xx"))
                .diagnoses(Code.RETRIES_MULTIPLY))
        .hasSize(2)
        .allMatch(diagnosis -> diagnosis.contains("up to 12 requests"));
  }
}
