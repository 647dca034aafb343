package io.librarymesh.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.testkit.engine.EngineDriver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParityTableTest {
  private static final String CASES =
      """
      name: one | two
      source: s1
      features: [lb]
      config: {routes: [{cluster: c}]}
      hosts: {c: [a]}
      calls: [{upstream: 200, expect: {status: 200, hosts: [a]}}]
      ---
      name: three
      source: s2
      features: [lb, retry]
      config: {routes: [{cluster: c}]}
      hosts: {c: [a]}
      calls: [{upstream: 200, expect: {status: 200, hosts: [a]}}]
      """;

  private final List<ConformanceCase> cases = ConformanceCases.parse("f.yaml", CASES);

  @Test
  void cellCountsTheCasesThatAreExpectedToPass() {
    EngineDriver driver = EngineDriver.create().knowing(Map.of("three", "a reason"));

    String table = new ParityTable(List.of(driver), cases).features();

    assertThat(table).startsWith("| feature | what it is | engine |\n| --- | --- | --- |\n");
    assertThat(table).contains("| `lb` | round robin and least request, with weights | 1/2 |\n");
    assertThat(table).contains("| `retry` | retries, their conditions and back-off | 0/1 |\n");
    assertThat(table).contains("| `istio` | Istio resources through the control plane | - |\n");
  }

  @Test
  void indexHasOneRowForEachCase() {
    String index = new ParityTable(List.of(), cases).index();

    assertThat(index.lines().toList())
        .containsExactly(
            "| case | source | features | file |",
            "| --- | --- | --- | --- |",
            "| one \\| two | s1 | lb | f.yaml:1 |",
            "| three | s2 | lb, retry | f.yaml:8 |");
  }
}
