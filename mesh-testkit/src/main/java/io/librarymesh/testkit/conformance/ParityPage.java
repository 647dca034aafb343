package io.librarymesh.testkit.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The page that says which driver runs what, {@code docs/parity.md}, and the files in {@code
 * docs/parity} that it is joined from: one for each driver, or two when Istio's resources are run
 * in another module. Runs hold both to what they saw; with {@code -Dparity.write=true} they write
 * them.
 */
final class ParityPage {
  private static final String WRITE = "parity.write";

  private final Path docs;
  private final List<ConformanceCase> cases;
  private final boolean write;

  /**
   * The page of one project.
   *
   * @param docs the folder of the page
   * @param cases all there are
   * @param write whether what differs is written instead of being an error
   */
  ParityPage(Path docs, List<ConformanceCase> cases, boolean write) {
    this.docs = docs;
    this.cases = List.copyOf(cases);
    this.write = write;
  }

  /** That of the project that the tests run in; empty when it has none. */
  static Optional<ParityPage> ofThisProject() {
    boolean write = Boolean.getBoolean(WRITE);
    return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
        .map(folder -> folder.resolve("docs"))
        .filter(docs -> Files.isDirectory(docs.resolve("parity")))
        .findFirst()
        .map(docs -> new ParityPage(docs, ConformanceCases.bundled(), write));
  }

  /**
   * Compares what a run came to with its file and with the page, or writes them.
   *
   * @throws AssertionError when they differ
   */
  void hold(ParityPart part) throws IOException {
    hold(folder().resolve(part.name() + ".md"), part.text());
    hold(docs.resolve("parity.md"), text());
  }

  private void hold(Path file, String text) throws IOException {
    String committed = Files.exists(file) ? Files.readString(file) : "";
    if (committed.equals(text)) {
      return;
    }
    if (!write) {
      throw new AssertionError(
          file + ": is not what the cases came to (run them with -D" + WRITE + "=true)");
    }
    Files.writeString(file, text);
  }

  /** The page, of the files that are there. */
  String text() throws IOException {
    Map<String, List<ParityPart>> parts = parts();
    StringBuilder page = new StringBuilder("# Parity\n\n");
    page.append("How many of the conformance cases that a feature has each driver runs.");
    page.append(" The runs themselves write this page and fail when\nit is out of date:");
    page.append(" `mvn verify -D").append(WRITE).append("=true` brings it up to date.\n\n");
    page.append("What they do not run, and why: ");
    page.append(String.join(", ", parts.values().stream().map(ParityPage::links).toList()));
    page.append(".\n\n| feature | what it is |");
    parts.keySet().forEach(driver -> page.append(' ').append(driver).append(" |"));
    page.append("\n| --- | --- |").append(" --- |".repeat(parts.size())).append('\n');
    ConformanceCases.features()
        .forEach(
            (feature, what) -> {
              page.append("| `").append(feature).append("` | ").append(what).append(" |");
              parts.values().forEach(driver -> page.append(cell(driver, feature)));
              page.append('\n');
            });
    return page.toString();
  }

  private String cell(List<ParityPart> driver, String feature) {
    List<ConformanceCase> about =
        cases.stream().filter(test -> test.features().contains(feature)).toList();
    long run =
        about.stream().filter(test -> driver.stream().anyMatch(part -> part.runs(test))).count();
    return run == 0 ? " - |" : " " + run + "/" + about.size() + " |";
  }

  private Map<String, List<ParityPart>> parts() throws IOException {
    Map<String, List<ParityPart>> parts = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder())) {
      for (Path file : files.sorted().toList()) {
        ParityPart part = ParityPart.parse(file.toString(), Files.readString(file));
        parts.merge(
            part.driver(),
            List.of(part),
            (one, other) -> Stream.of(one, other).flatMap(List::stream).toList());
      }
    }
    return parts;
  }

  private static String links(List<ParityPart> driver) {
    List<String> links =
        driver.stream()
            .map(part -> "[" + part.name() + "](parity/" + part.name() + ".md)")
            .toList();
    return String.join(", ", links);
  }

  private Path folder() {
    return docs.resolve("parity");
  }
}
