package io.librarymesh.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.testkit.engine.EngineDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class ParityPageTest {
  private static final List<ConformanceCase> CASES =
      ConformanceCases.parse(
          "f.yaml",
          """
          name: one
          source: s1
          features: [lb]
          config: {routes: [{cluster: c}]}
          hosts: {c: [a]}
          calls: [{upstream: 200, expect: {status: 200, hosts: [a]}}]
          ---
          name: two
          source: s2
          features: [lb, retry]
          config: {routes: [{cluster: c}]}
          hosts: {c: [a]}
          calls: [{upstream: 200, expect: {status: 200, hosts: [b]}}]
          ---
          name: three
          source: s3
          features: [retry]
          istio: ''
          calls: [{upstream: 200, expect: {status: 200, attempts: 1}}]
          """);

  @TempDir private Path docs;

  @BeforeEach
  void makeFolder() throws IOException {
    Files.createDirectory(docs.resolve("parity"));
  }

  @Test
  void runWritesWhatItCameToWhenItIsTold() throws Throwable {
    run(engine(Map.of("two", "a reason")), CASES, true);

    assertThat(docs.resolve("parity/engine.md"))
        .hasContent(
            """
            # engine

            Runs every case but these.

            | case | why not |
            | --- | --- |
            | two | has a known failure: a reason |
            """);
    assertThat(Files.readString(docs.resolve("parity.md")))
        .contains("| feature | what it is | engine |\n| --- | --- | --- |\n")
        .contains("| `lb` | policies, with the weights of hosts | 1/2 |\n")
        .contains("| `retry` | retries, their conditions and back-off | - |\n")
        .contains("| `istio` | Istio resources through the control plane | - |\n");
  }

  @Test
  void runHoldsWhatWasWritten() throws Throwable {
    EngineDriver driver = engine(Map.of("two", "a reason"));
    run(driver, CASES, true);

    assertThatCode(() -> run(driver, CASES, false)).doesNotThrowAnyException();
    assertThatThrownBy(() -> run(driver, CASES.subList(0, 1), false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("engine.md: is not what the cases came to")
        .hasMessageContaining("-Dparity.write=true");
    assertThat(docs.resolve("parity/engine.md")).content().contains("| two |");
  }

  @Test
  void pageIsHeldToTheCasesThatThereAre() throws IOException {
    ParityPart part = new ParityPart("engine", false, Map.of());
    new ParityPage(docs, CASES.subList(0, 1), true).hold(part);
    ParityPage grown = new ParityPage(docs, CASES, false);

    assertThatThrownBy(() -> grown.hold(part))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("parity.md: is not what the cases came to");
  }

  @Test
  void partsOfOneDriverAreOneColumn() throws IOException {
    ParityPage page = new ParityPage(docs, CASES, true);
    page.hold(new ParityPart("engine", false, Map.of("two", "lacks [lb]")));
    page.hold(new ParityPart("okhttp", false, Map.of()));
    page.hold(new ParityPart("engine", true, Map.of()));

    assertThat(Files.readString(docs.resolve("parity.md")))
        .contains("[engine.istio](parity/engine.istio.md), [engine](parity/engine.md)")
        .contains("| feature | what it is | engine | okhttp |\n")
        .contains(" | 1/2 | 2/2 |\n")
        .contains("| `istio` | Istio resources through the control plane | 1/1 | - |\n");
  }

  @Test
  void runThatIsNotWholeSaysNothing() {
    ParityPage page = new ParityPage(docs, CASES, false);
    List<DynamicNode> tests =
        new ConformanceRunner(engine(Map.of()), CASES).documentedTests(Optional.of(page)).toList();

    assertThatThrownBy(() -> ((DynamicTest) tests.get(tests.size() - 1)).getExecutable().execute())
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("0 of 3 cases came to an end");
  }

  @Test
  void partReadsWhatItWrote() {
    for (boolean istio : List.of(true, false)) {
      ParityPart part = new ParityPart("d", istio, Map.of("a case", "lacks [lb]", "b", "c"));
      assertThat(ParityPart.parse("f", part.text())).isEqualTo(part);
    }
    assertThatThrownBy(() -> ParityPart.parse("f.md", "something else"))
        .hasMessage("f.md: no title (expected: # and a driver's name)");
  }

  private static EngineDriver engine(Map<String, String> failures) {
    return EngineDriver.create().knowing(failures);
  }

  private void run(EngineDriver driver, List<ConformanceCase> cases, boolean write)
      throws Throwable {
    ParityPage page = new ParityPage(docs, CASES, write);
    Predicate<DynamicNode> wanted = node -> !node.getDisplayName().startsWith("declarations");
    for (DynamicNode node :
        new ConformanceRunner(driver, cases)
            .documentedTests(Optional.of(page))
            .filter(wanted)
            .toList()) {
      execute(node);
    }
  }

  private static void execute(DynamicNode node) throws Throwable {
    if (node instanceof DynamicContainer container) {
      for (DynamicNode child : container.getChildren().map(DynamicNode.class::cast).toList()) {
        execute(child);
      }
      return;
    }
    try {
      ((DynamicTest) node).getExecutable().execute();
    } catch (TestAbortedException skipped) {
      // As JUnit takes it.
    }
  }
}
