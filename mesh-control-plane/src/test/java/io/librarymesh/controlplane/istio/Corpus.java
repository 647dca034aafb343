package io.librarymesh.controlplane.istio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the real-world configuration that may lie beside the project; it is never part of it. */
public final class Corpus {
  private Corpus() {}

  /** The corpus folder; skips the test, saying so, where there is none. */
  public static Path folder() {
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve("corpus");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    String reason = "skipped: no folder shared/corpus beside the project or above " + start;
    System.out.println(reason);
    assumeTrue(false, reason);
    throw new AssertionError("unreachable");
  }

  /** All YAML files of the corpus, in a stable order. */
  public static List<Path> files() {
    try (Stream<Path> files = Files.walk(folder())) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
