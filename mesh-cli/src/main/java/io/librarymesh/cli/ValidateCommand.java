package io.librarymesh.cli;

import com.google.gson.GsonBuilder;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl validate}: every finding of every file at once. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Checks files, and directories with all below them: each file by itself, and what they refer to among each other.",
      "Prints one line for each finding: FILE:LINE:COL: error|warning|info: FIELD.PATH: message.",
      "Exit code 0 when there is no error, 1 when there is."
    })
final class ValidateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files or directories.")
  List<Path> paths = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Output output = Output.text;

  /** Formats of the findings. */
  enum Output {
    text,
    json
  }

  @Override
  public Integer call() throws IOException {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new Options.UsageException(path + ": no such file or directory");
      }
    }
    ConfigSnapshot snapshot = DirectoryStore.load(paths);
    List<Finding> findings = new ArrayList<>(snapshot.findings());
    // What refers to what can be judged only over all files together.
    findings.addAll(ReferenceFindings.of(MeshConfig.DEFAULT, snapshot.resources()));
    long errors = FindingsReport.count(findings, Severity.ERROR);
    if (output == Output.json) {
      System.out.println(
          new GsonBuilder()
              .setPrettyPrinting()
              .disableHtmlEscaping()
              .create()
              .toJson(findings.stream().map(FindingsReport::toJson).toList()));
    } else {
      FindingsReport.print(findings, System.out);
      System.out.println(
          String.join(
              ", ",
              FindingsReport.counted(snapshot.resources().size(), "resource"),
              FindingsReport.counted(errors, "error"),
              FindingsReport.counted(FindingsReport.count(findings, Severity.WARNING), "warning")));
    }
    return errors == 0 ? 0 : 1;
  }
}
