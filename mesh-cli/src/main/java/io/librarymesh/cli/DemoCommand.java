package io.librarymesh.cli;

import io.librarymesh.cli.demo.Demo;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.logging.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl demo}: the workshop on live traffic. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a control plane and the workshop's services, each in a JVM of its own, and plays the workshop's lessons on"
          + " live traffic.",
      "Each prints its YAML and what was expected beside what was measured. Exit code 1 when the two disagree beyond what"
          + " chance allows.",
      "With -o json and -o yaml there is one document, at the end."
    })
final class DemoCommand implements Callable<Integer> {
  @Option(names = "--keep", description = "Leave everything running at the end, until Ctrl-C.")
  boolean keep;

  @Mixin OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws Exception {
    SourceOptions.MESH.setLevel(Level.WARNING);
    Optional<Function<Object, String>> document =
        output.format == Output.table ? Optional.empty() : Optional.of(output.format::format);
    return new Demo(System.out, document, keep).run() ? 0 : 1;
  }
}
