package io.librarymesh.cli;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.LoadedFiles;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code meshctl validate}: every finding of every file at once. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Checks files, and directories with all below them: each file by itself, and what they refer to among each other.",
      "Prints one line for each finding: FILE:LINE:COL: error|warning|info: FIELD.PATH: message.",
      "Exit code 0 when there is no error, 1 when there is."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl validate ./mesh",
      "  meshctl validate ./mesh ./more/rules.yaml -o json | jq -r '.[] | select(.severity == \"error\") | .message'"
    })
final class ValidateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files or directories.")
  List<Path> paths = new ArrayList<>();

  @Mixin FileOptions files = new FileOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    LoadedFiles loaded = files.loadAll(paths);
    ConfigSnapshot snapshot = loaded.snapshot();
    List<Finding> findings = new ArrayList<>(snapshot.findings());
    // What refers to what can be judged only over all files together, those with errors included:
    // else a second mistake would show only when the first is mended.
    findings.addAll(
        ReferenceFindings.of(MeshConfig.DEFAULT, snapshot.resources(), loaded.refused()));
    long errors = FindingsReport.count(findings, Severity.ERROR);
    output.print(
        () -> FindingsReport.table(findings, snapshot.resources().size()),
        () -> findings.stream().map(FindingsReport::toJson).toList());
    return errors == 0 ? 0 : 1;
  }
}
