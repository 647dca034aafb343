package io.librarymesh.cli;

import io.librarymesh.cli.demo.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meshctl demo}: the workshop on live traffic. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a control plane and the workshop's services, each in a JVM of its own, and plays the workshop's lessons on"
          + " live traffic.",
      "Each prints its YAML and what was expected beside what was measured. Exit code 1 when the two disagree beyond what"
          + " chance allows."
    })
final class DemoCommand implements Callable<Integer> {
  @Option(names = "--keep", description = "Leave everything running at the end, until Ctrl-C.")
  boolean keep;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Output output = Output.text;

  /** Formats of the report. */
  enum Output {
    text,
    json
  }

  @Override
  public Integer call() throws Exception {
    return new Demo(System.out, output == Output.json, keep).run() ? 0 : 1;
  }
}
