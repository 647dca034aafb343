package io.librarymesh.controlplane.ingress;

import io.librarymesh.controlplane.serve.ForeignProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A stock Envoy of its own. The program is the one that the environment variable {@code MESH_ENVOY}
 * names, or {@code target/envoy/envoy} of the project.
 */
final class EnvoyProcess implements AutoCloseable {

  private static final String VARIABLE = "MESH_ENVOY";

  private final ForeignProcess process;

  private EnvoyProcess(ForeignProcess process) {
    this.process = process;
  }

  /** The program; skips the test, saying so, where there is none. */
  static Path program() {
    return ForeignProcess.installed("Envoy", VARIABLE, "envoy/envoy");
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
    return new EnvoyProcess(new ForeignProcess(process, log));
  }

  /** What it has to say, for the message of a test that fails. */
  String log() {
    return "Envoy: " + process.said();
  }

  @Override
  public void close() {
    process.close();
  }
}
