package io.librarymesh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalRepliesTest {
  @Test
  void aMissingSubsetIsAskedFor() {
    assertThat(LocalReplies.noCluster("outbound|80|v7|web.default.svc.cluster.local"))
        .isEqualTo(
            "no cluster outbound|80|v7|web.default.svc.cluster.local"
                + " (does a DestinationRule declare the subset v7?)");
  }

  @Test
  void aMissingServiceIsNamedAlone() {
    assertThat(LocalReplies.noCluster("outbound|80||web.default.svc.cluster.local"))
        .isEqualTo("no cluster outbound|80||web.default.svc.cluster.local");
    assertThat(LocalReplies.noCluster("legacy")).isEqualTo("no cluster legacy");
  }
}
