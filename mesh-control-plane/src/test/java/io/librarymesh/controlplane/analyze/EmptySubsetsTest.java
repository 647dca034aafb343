package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EmptySubsetsTest {
  private static final String V3 = "host: reviews\nsubsets: [{name: v3, labels: {version: v3}}]\n";

  private static AnalyzedFiles withVersions(String... versions) {
    AnalyzedFiles files = AnalyzedFiles.services();
    for (int i = 0; i < versions.length; i++) {
      files.workload("prod", "10.0.0." + (i + 1), Map.of("app", "reviews", "version", versions[i]));
    }
    return files;
  }

  @Test
  void aSubsetThatNoKnownEndpointBelongsToIsNamedWithWhatThereIs() {
    assertThat(
            withVersions("v1", "v2").destinationRule("prod", "r", V3).diagnoses(Code.EMPTY_SUBSET))
        .containsExactly(
            "2.yaml:6:13: warning: LM0302 EmptySubset: spec.subsets[0].labels: v3: no endpoint of"
                + " reviews.prod.svc.cluster.local has the labels {version=v3}, they have"
                + " [{version=v1}, {version=v2}], so calls to it fail with 503 (expected: labels of"
                + " workloads that serve reviews)");
  }

  @Test
  void aSubsetWithAnEndpointIsNotMentioned() {
    assertThat(
            withVersions("v1", "v3").destinationRule("prod", "r", V3).diagnoses(Code.EMPTY_SUBSET))
        .isEmpty();
  }

  @Test
  void whileNoEndpointIsKnownOnlyContradictionsAreNamed() {
    assertThat(withVersions().destinationRule("prod", "r", V3).diagnoses(Code.EMPTY_SUBSET))
        .isEmpty();
    assertThat(
            withVersions()
                .destinationRule("prod", "r", V3.replace("version: v3", "app: ratings"))
                .diagnoses(Code.EMPTY_SUBSET))
        .singleElement()
        .asString()
        .contains("selects workloads with {app=reviews}, none of which can have {app=ratings}");
  }

  @Test
  void aSubsetWithoutLabelsHasAllEndpoints() {
    assertThat(
            withVersions("v1")
                .destinationRule("prod", "r", "host: reviews\nsubsets: [{name: all}]\n")
                .diagnoses(Code.EMPTY_SUBSET))
        .isEmpty();
  }
}
