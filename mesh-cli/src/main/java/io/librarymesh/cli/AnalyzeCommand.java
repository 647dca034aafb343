package io.librarymesh.cli;

import io.librarymesh.controlplane.analyze.Analysis;
import io.librarymesh.controlplane.analyze.Code;
import io.librarymesh.controlplane.analyze.Diagnosis;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl analyze}: what is valid but wrong. */
@Command(
    name = "analyze",
    mixinStandardHelpOptions = true,
    description = {
      "Finds what is valid but wrong in files, and in directories with all below them: rules that are never reached, that"
          + " nobody sees or that lose against others, subsets without endpoints, timeouts and limits that cannot do what"
          + " they say; and everything that validate finds.",
      "Prints one line for each finding: FILE:LINE:COL: error|warning|info: CODE NAME: FIELD.PATH: message.",
      "Exit code 0 when there is no error, 1 when there is. Only what validate finds can be an error."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl analyze ./mesh",
      "  meshctl analyze ./mesh ./more/rules.yaml --level warning",
      "  meshctl analyze ./mesh -o json | jq -r '.[] | select(.code == \"LM0101\") | .message'",
      "  meshctl analyze --list"
    })
final class AnalyzeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", arity = "0..*", description = "Files or directories.")
  List<Path> paths = new ArrayList<>();

  @Option(
      names = "--mesh-config",
      paramLabel = "FILE",
      description =
          "Istio's MeshConfig, as YAML, before any that stands among the files: in the ConfigMap istio or in an IstioOperator.")
  @Nullable Path meshConfig;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Format output = Format.table;

  @Option(
      names = "--level",
      defaultValue = "info",
      paramLabel = "LEVEL",
      description =
          "The least that is shown: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Level level = Level.info;

  @Option(names = "--list", description = "List the codes and what they find, and look at nothing.")
  boolean list;

  /** Formats of the findings. */
  enum Format {
    table,
    json,
    yaml
  }

  /** How much findings matter. */
  enum Level {
    error(Severity.ERROR),
    warning(Severity.WARNING),
    info(Severity.INFO);

    private final Severity severity;

    Level(Severity severity) {
      this.severity = severity;
    }
  }

  @Override
  public Integer call() {
    if (list) {
      for (Code code : Code.values()) {
        System.out.printf("%-6s  %-24s  %s%n", code.code(), code.title(), code.summary());
      }
      return 0;
    }
    if (paths.isEmpty()) {
      throw new Options.UsageException("no PATH (expected: files or directories, or --list)");
    }
    Options.requireExisting(paths);
    Options.requireFile(meshConfig);
    ConfigSnapshot files = DirectoryStore.load(paths, Optional.ofNullable(meshConfig));
    List<Diagnosis> all = Analysis.of(files, MeshConfig.DEFAULT);
    print(all.stream().filter(this::isShown).toList(), files);
    return all.stream().anyMatch(diagnosis -> diagnosis.finding().isError()) ? 1 : 0;
  }

  private boolean isShown(Diagnosis diagnosis) {
    return diagnosis.finding().severity().compareTo(level.severity) <= 0;
  }

  private void print(List<Diagnosis> diagnoses, ConfigSnapshot files) {
    List<Map<String, Object>> maps = diagnoses.stream().map(AnalyzeCommand::toMap).toList();
    switch (output) {
      case json -> System.out.print(Output.toJson(maps));
      case yaml -> System.out.print(YamlText.ofList(maps));
      case table -> {
        diagnoses.forEach(System.out::println);
        List<Finding> findings = diagnoses.stream().map(Diagnosis::finding).toList();
        System.out.println(FindingsReport.summary(files.resources().size(), findings));
      }
    }
  }

  private static Map<String, Object> toMap(Diagnosis diagnosis) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("code", diagnosis.code().code());
    map.put("name", diagnosis.code().title());
    map.putAll(FindingsReport.toJson(diagnosis.finding()));
    return map;
  }
}
