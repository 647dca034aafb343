package io.librarymesh.testkit.conformance;

import io.librarymesh.testkit.ScriptedDraws;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * Makes a JUnit test of every case. A case that needs more than the driver has is reported as
 * skipped, by name and with what is missing; a known failure must fail, and so must a case whose
 * missing features are all awaited; and a driver that runs no case at all fails.
 */
public final class ConformanceRunner {
  private final ConformanceDriver driver;
  private final List<ConformanceCase> cases;

  /** Runs {@code cases} over {@code driver}. */
  public ConformanceRunner(ConformanceDriver driver, List<ConformanceCase> cases) {
    this.driver = driver;
    this.cases = List.copyOf(cases);
  }

  /** The bundled cases over one driver, for a {@code @TestFactory}. */
  public static Stream<DynamicNode> tests(ConformanceDriver driver) {
    return new ConformanceRunner(driver, ConformanceCases.bundled()).tests();
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
    Optional<String> failure = expectedFailure(test);
    if (failure.isEmpty()) {
      runStrictly(test);
      return;
    }
    try {
      runStrictly(test);
    } catch (AssertionError expected) {
      Assumptions.abort(test.name() + ": " + failure.get());
    }
    throw new AssertionError(at(test) + "passed (expected: to fail, since " + failure.get() + ")");
  }

  /** Why a case must fail; a case that is not to be run at all is aborted. */
  private Optional<String> expectedFailure(ConformanceCase test) {
    Set<String> missing = missingFeatures(driver, test);
    if (!missing.isEmpty()) {
      String lack = driver.name() + " lacks " + missing;
      Assumptions.assumeTrue(
          driver.awaitedFeatures().containsAll(missing), () -> test.name() + ": " + lack);
      return Optional.of(lack);
    }
    return Optional.ofNullable(driver.knownFailures().get(test.name()))
        .map(reason -> "known failure: " + reason);
  }

  private DynamicNode dynamicTest(ConformanceCase test) {
    String file = test.location().substring(0, test.location().lastIndexOf(':'));
    String line = test.location().substring(test.location().lastIndexOf(':') + 1);
    URI place = URI.create("classpath:/conformance/" + file + "?line=" + line);
    return DynamicTest.dynamicTest(test.name(), place, () -> run(test));
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
