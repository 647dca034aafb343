package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WeightSumsTest {

  private static List<String> found(String rules) {
    return AnalyzedFiles.services()
        .rules("r", "hosts: [reviews]\n" + rules)
        .diagnoses(Code.WEIGHT_SUM);
  }

  private static String weights(String section, String... weights) {
    StringBuilder yaml = new StringBuilder(section + ":\n  - route:\n");
    for (String weight : weights) {
      yaml.append("      - {destination: {host: reviews}").append(weight).append("}\n");
    }
    return yaml.toString();
  }

  @Test
  void sharesOfAnotherSumAreSpeltOut() {
    assertThat(found(weights("http", ", weight: 90", ", weight: 30")))
        .containsExactly(
            "2.yaml:7:7: warning: LM0103 WeightSum: spec.http[0].route: the weights [90, 30] sum to"
                + " 120, so the destinations get 75.0 %, 25.0 % (expected: weights that sum to 100,"
                + " if percentages are meant)");
  }

  @Test
  void percentagesAndASingleDestinationAreAsTheyShouldBe() {
    assertThat(found(weights("http", ", weight: 90", ", weight: 10"))).isEmpty();
    assertThat(found(weights("http", ", weight: 100", ""))).isEmpty();
    assertThat(found(weights("http", ""))).isEmpty();
    assertThat(found(weights("http", ", weight: 100"))).isEmpty();
  }

  @Test
  void aWeightOfTheOnlyDestinationSaysNothing() {
    assertThat(found(weights("http", ", weight: 10")))
        .singleElement()
        .asString()
        .contains("weight 10 of the only destination, which takes everything");
  }

  @Test
  void rulesForTcpAreLookedAtToo() {
    assertThat(found(weights("tcp", ", weight: 1", ", weight: 1"))).hasSize(1);
  }
}
