package io.librarymesh.controlplane.serve;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program of others that a test runs and ends.
 *
 * @param log where what it has to say is written
 */
public record ForeignProcess(Process process, Path log) implements AutoCloseable {
  private static final int LOG_SHOWN = 4_000;

  /**
   * What a test cannot run without; skips the test, saying so, where there is none.
   *
   * @param name what it is called in what is said
   * @param variable the environment variable that may name it
   * @param part where it is below {@code target/} of the project otherwise
   */
  public static Path installed(String name, String variable, String part) {
    Optional<Path> found =
        Optional.ofNullable(System.getenv(variable))
            .filter(path -> !path.isEmpty())
            .map(Path::of)
            .or(() -> inTarget(part));
    String reason =
        "skipped: no %s (expected: its path in %s, or target/%s)".formatted(name, variable, part);
    if (found.filter(Files::isExecutable).isEmpty()) {
      System.out.println(reason);
      assumeTrue(false, reason);
    }
    return found.orElseThrow();
  }

  private static Optional<Path> inTarget(String part) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("target").resolve(part);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The end of what it has to say, for the message of a test that fails. */
  public String said() {
    try {
      String all = Files.readString(log);
      return (process.isAlive() ? "it runs" : "it has ended")
          + ", and said:\n"
          + all.substring(Math.max(0, all.length() - LOG_SHOWN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks it to end, and ends it when it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
