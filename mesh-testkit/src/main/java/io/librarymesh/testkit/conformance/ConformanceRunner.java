package io.librarymesh.testkit.conformance;

import io.librarymesh.testkit.ScriptedDraws;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;

/**
 * Makes a JUnit test of every case. A case that needs more than the driver has is reported as
 * skipped, by name and with what is missing; a known failure must fail, and so must a case whose
 * missing features are all awaited; and a driver that runs no case at all fails.
 */
public final class ConformanceRunner {
  private final ConformanceDriver driver;
  private final List<ConformanceCase> cases;
  private final Set<String> ran = new TreeSet<>();

  /** Runs {@code cases} over {@code driver}. */
  public ConformanceRunner(ConformanceDriver driver, List<ConformanceCase> cases) {
    this.driver = driver;
    this.cases = List.copyOf(cases);
  }

  /** The bundled cases over one driver, for a {@code @TestFactory}, documented. */
  public static Stream<DynamicNode> tests(ConformanceDriver driver) {
    return new ConformanceRunner(driver, ConformanceCases.bundled()).documentedTests();
  }

  /**
   * As {@link #tests}, with one more at the end: {@code docs/parity.md} says what came of them. It
   * speaks of Istio's resources when all cases are such, and else of all other cases.
   */
  public Stream<DynamicNode> documentedTests() {
    return documentedTests(ParityPage.ofThisProject());
  }

  Stream<DynamicNode> documentedTests(Optional<ParityPage> page) {
    DynamicNode last = DynamicTest.dynamicTest("docs/parity.md", () -> checkParity(page));
    return Stream.concat(tests(), Stream.of(last));
  }

  /** One container per file of cases, and one test of the driver's own declarations. */
  public Stream<DynamicNode> tests() {
    List<DynamicNode> nodes = new ArrayList<>();
    nodes.add(DynamicTest.dynamicTest("declarations of " + driver.name(), this::checkDriver));
    Map<String, List<DynamicNode>> byFile = new LinkedHashMap<>();
    for (ConformanceCase test : cases) {
      String file = test.location().substring(0, test.location().lastIndexOf(':'));
      byFile.computeIfAbsent(file, name -> new ArrayList<>()).add(dynamicTest(test));
    }
    byFile.forEach((file, tests) -> nodes.add(DynamicContainer.dynamicContainer(file, tests)));
    return nodes.stream();
  }

  /** What the driver lacks for a case; empty when it can run it. */
  public static Set<String> missingFeatures(ConformanceDriver driver, ConformanceCase test) {
    Set<String> missing = new TreeSet<>(test.features());
    missing.removeAll(driver.features());
    return missing;
  }

  /**
   * Runs one case.
   *
   * @throws AssertionError when something is not as the case says, or when a case passes that is
   *     known to fail or lacks an awaited feature
   * @throws org.opentest4j.TestAbortedException when the driver lacks a feature
   */
  public void run(ConformanceCase test) {
    Optional<String> whyNot = whyNot(test);
    if (whyNot.isEmpty()) {
      runStrictly(test);
      return;
    }
    String reason = driver.name() + " " + whyNot.get();
    Assumptions.assumeTrue(isTried(test), () -> test.name() + ": " + reason);
    try {
      runStrictly(test);
    } catch (AssertionError expected) {
      Assumptions.abort(test.name() + ": " + reason);
    }
    throw new AssertionError(at(test) + "passed (expected: to fail, since " + reason + ")");
  }

  /** Why the driver does not pass a case; empty when it must. */
  private Optional<String> whyNot(ConformanceCase test) {
    Set<String> missing = missingFeatures(driver, test);
    return missing.isEmpty()
        ? Optional.ofNullable(driver.knownFailures().get(test.name()))
            .map(reason -> "has a known failure: " + reason)
        : Optional.of("lacks " + missing);
  }

  /** Whether a case that must not pass is run, so as to notice when it does. */
  private boolean isTried(ConformanceCase test) {
    return driver.awaitedFeatures().containsAll(missingFeatures(driver, test));
  }

  private void checkParity(Optional<ParityPage> page) throws IOException {
    Assumptions.assumeTrue(page.isPresent(), "no docs/parity in the project");
    Assumptions.assumeTrue(
        ran.size() == cases.size(), ran.size() + " of " + cases.size() + " cases came to an end");
    boolean istio = cases.stream().allMatch(test -> test.features().contains("istio"));
    Map<String, String> skipped = new TreeMap<>();
    for (ConformanceCase test : cases) {
      if (test.features().contains("istio") == istio) {
        whyNot(test).ifPresent(reason -> skipped.put(test.name(), reason));
      }
    }
    page.get().hold(new ParityPart(driver.name(), istio, skipped));
  }

  /** Runs one case and notes that it passed, or was skipped as it should be. */
  private void runNoting(ConformanceCase test) {
    try {
      run(test);
    } catch (TestAbortedException skipped) {
      ran.add(test.name());
      throw skipped;
    }
    ran.add(test.name());
  }

  private DynamicNode dynamicTest(ConformanceCase test) {
    String file = test.location().substring(0, test.location().lastIndexOf(':'));
    String line = test.location().substring(test.location().lastIndexOf(':') + 1);
    URI place = URI.create("classpath:/conformance/" + file + "?line=" + line);
    return DynamicTest.dynamicTest(test.name(), place, () -> runNoting(test));
  }

  private void runStrictly(ConformanceCase test) {
    try {
      new CaseRun(driver, test).run();
    } catch (AssertionError | Exception failure) {
      throw new AssertionError(at(test) + failure, failure);
    }
  }

  private void checkDriver() {
    Set<String> known = ConformanceCases.features().keySet();
    Set<String> unknown = new TreeSet<>(driver.features());
    unknown.removeAll(known);
    require(
        unknown.isEmpty(), "features of " + driver.name() + ": " + unknown + " (expected: known)");
    Set<String> idle = new TreeSet<>(driver.awaitedFeatures());
    idle.removeIf(feature -> known.contains(feature) && !driver.features().contains(feature));
    require(idle.isEmpty(), "awaited: " + idle + " (expected: known, and not declared)");
    Set<String> gone = new TreeSet<>(driver.knownFailures().keySet());
    cases.forEach(test -> gone.remove(test.name()));
    require(gone.isEmpty(), "known failures: " + gone + " (expected: names of cases)");
    long runs = cases.stream().filter(test -> missingFeatures(driver, test).isEmpty()).count();
    require(runs > 0, "cases that " + driver.name() + " can run: 0 (expected: >= 1)");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  private static String at(ConformanceCase test) {
    return test.location() + ": " + test.name() + " [" + test.source() + "]: ";
  }

  /** A source of chance with the scripts of the case. */
  static ScriptedDraws draws(ConformanceCase test) {
    ScriptedDraws draws = ScriptedDraws.seeded(test.name().hashCode());
    test.draws()
        .forEach(
            (draw, script) -> {
              draws.then(draw, script.then().stream().mapToInt(Integer::intValue).toArray());
              script.always().ifPresent(value -> draws.always(draw, value));
            });
    return draws;
  }
}
