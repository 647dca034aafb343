package io.librarymesh.testkit.conformance;

import java.util.List;
import java.util.Map;

/**
 * Renders which driver does what, as the Markdown of {@code docs/parity.md}: features by drivers,
 * and the cases behind each.
 */
public final class ParityTable {
  private final List<ConformanceDriver> drivers;
  private final List<ConformanceCase> cases;

  /** A table with one column for each driver. */
  public ParityTable(List<ConformanceDriver> drivers, List<ConformanceCase> cases) {
    this.drivers = List.copyOf(drivers);
    this.cases = List.copyOf(cases);
  }

  /**
   * One row per feature: {@code n/m} cases that the driver runs and is expected to pass, or a dash
   * when it does not have the feature.
   */
  public String features() {
    StringBuilder table = new StringBuilder("| feature | what it is |");
    drivers.forEach(driver -> table.append(' ').append(driver.name()).append(" |"));
    table.append("\n| --- | --- |").append(" --- |".repeat(drivers.size())).append('\n');
    for (Map.Entry<String, String> feature : ConformanceCases.features().entrySet()) {
      table.append("| `").append(feature.getKey()).append("` | ").append(feature.getValue());
      table.append(" |");
      drivers.forEach(driver -> table.append(cell(driver, feature.getKey())));
      table.append('\n');
    }
    return table.toString();
  }

  /** One row per case: its name, what it tests, where it stands. */
  public String index() {
    StringBuilder table = new StringBuilder("| case | source | features | file |\n");
    table.append("| --- | --- | --- | --- |\n");
    for (ConformanceCase test : cases) {
      table.append("| ").append(escaped(test.name()));
      table.append(" | ").append(escaped(test.source()));
      table.append(" | ").append(String.join(", ", test.features().stream().sorted().toList()));
      table.append(" | ").append(test.location()).append(" |\n");
    }
    return table.toString();
  }

  private String cell(ConformanceDriver driver, String feature) {
    if (!driver.features().contains(feature)) {
      return " - |";
    }
    List<ConformanceCase> about =
        cases.stream().filter(test -> test.features().contains(feature)).toList();
    long well =
        about.stream()
            .filter(test -> ConformanceRunner.missingFeatures(driver, test).isEmpty())
            .filter(test -> !driver.knownFailures().containsKey(test.name()))
            .count();
    return " " + well + "/" + about.size() + " |";
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|");
  }
}
