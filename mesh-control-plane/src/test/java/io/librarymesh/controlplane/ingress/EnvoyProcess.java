package io.librarymesh.controlplane.ingress;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A stock Envoy of its own. The program is the one that the environment variable {@code MESH_ENVOY}
 * names, or {@code target/envoy/envoy} of the project.
 */
final class EnvoyProcess implements AutoCloseable {

  private static final String VARIABLE = "MESH_ENVOY";

  private final Process process;
  private final Path log;

  private EnvoyProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** The program; skips the test, saying so, where there is none. */
  static Path program() {
    Optional<Path> program =
        Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of).or(EnvoyProcess::installed);
    String reason =
        "skipped: no Envoy (expected: its path in " + VARIABLE + ", or target/envoy/envoy)";
    if (program.filter(Files::isExecutable).isEmpty()) {
      System.out.println(reason);
      assumeTrue(false, reason);
    }
    return program.orElseThrow();
  }

  private static Optional<Path> installed() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("target").resolve("envoy").resolve("envoy");
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /**
   * Starts one; does not wait for it.
   *
   * @param directory where its configuration and its log are written
   */
  static EnvoyProcess start(Path program, String bootstrap, Path directory) throws IOException {
    Path config = Files.writeString(directory.resolve("envoy.yaml"), bootstrap);
    Path log = directory.resolve("envoy.log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-c",
                config.toString(),
                "--concurrency",
                "1",
                "--disable-hot-restart",
                "--log-level",
                "warning")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new EnvoyProcess(process, log);
  }

  /** What it has to say, for the message of a test that fails. */
  String log() {
    try {
      return (process.isAlive() ? "Envoy runs" : "Envoy has ended")
          + ", and said:\n"
          + Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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
