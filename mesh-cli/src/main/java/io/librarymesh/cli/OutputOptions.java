package io.librarymesh.cli;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In which format a command prints. */
final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Output format = Output.table;

  /** Prints to standard output: text for people, or a value for machines. */
  void print(Supplier<String> table, Supplier<? extends @Nullable Object> value) {
    System.out.print(format == Output.table ? table.get() : format.format(value.get()));
  }
}
