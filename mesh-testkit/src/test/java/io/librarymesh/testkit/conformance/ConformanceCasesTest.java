package io.librarymesh.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ConformanceCasesTest {
  @Test
  void bundledCasesCanBeReadAndHaveNamesOfTheirOwn() {
    List<ConformanceCase> cases = ConformanceCases.bundled();

    assertThat(cases).hasSizeGreaterThan(100);
    assertThat(cases).extracting(ConformanceCase::name).doesNotHaveDuplicates();
    assertThat(cases).allSatisfy(test -> assertThat(test.source()).isNotBlank());
  }

  @Test
  void everyFeatureHasCases() {
    Set<String> untested = new TreeSet<>(ConformanceCases.features().keySet());
    ConformanceCases.bundled().forEach(test -> untested.removeAll(test.features()));

    assertThat(untested).isEmpty();
  }
}
