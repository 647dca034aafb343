package io.librarymesh.cli;

import io.librarymesh.controlplane.analyze.Analysis;
import io.librarymesh.controlplane.analyze.Code;
import io.librarymesh.controlplane.analyze.Diagnosis;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.LoadedFiles;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin FileOptions files = new FileOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--level",
      defaultValue = "info",
      paramLabel = "LEVEL",
      description =
          "The least that is shown: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Level level = Level.info;

  @Option(names = "--list", description = "List the codes and what they find, and look at nothing.")
  boolean list;

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
      output.print(AnalyzeCommand::codes, AnalyzeCommand::codesByNumber);
      return 0;
    }
    if (paths.isEmpty()) {
      throw new Options.UsageException("no PATH (expected: files or directories, or --list)");
    }
    LoadedFiles loaded = files.loadAll(paths);
    List<Diagnosis> all = Analysis.of(loaded, MeshConfig.DEFAULT);
    List<Diagnosis> shown = all.stream().filter(this::isShown).toList();
    output.print(
        () -> table(shown, loaded.snapshot().resources().size()),
        () -> shown.stream().map(AnalyzeCommand::toMap).toList());
    return all.stream().anyMatch(diagnosis -> diagnosis.finding().isError()) ? 1 : 0;
  }

  private static String codes() {
    StringBuilder text = new StringBuilder();
    for (Code code : Code.values()) {
      text.append("%-6s  %-24s  %s%n".formatted(code.code(), code.title(), code.summary()));
    }
    return text.toString();
  }

  private static List<Map<String, String>> codesByNumber() {
    List<Map<String, String>> codes = new ArrayList<>();
    for (Code code : Code.values()) {
      Map<String, String> map = new LinkedHashMap<>();
      map.put("code", code.code());
      map.put("name", code.title());
      map.put("summary", code.summary());
      codes.add(map);
    }
    return codes;
  }

  private boolean isShown(Diagnosis diagnosis) {
    return diagnosis.finding().severity().compareTo(level.severity) <= 0;
  }

  private static String table(List<Diagnosis> diagnoses, int resources) {
    List<Finding> findings = diagnoses.stream().map(Diagnosis::finding).toList();
    StringBuilder text = new StringBuilder();
    diagnoses.forEach(diagnosis -> text.append(diagnosis).append('\n'));
    return text.append(FindingsReport.summary(resources, findings)).append('\n').toString();
  }

  private static Map<String, Object> toMap(Diagnosis diagnosis) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("code", diagnosis.code().code());
    map.put("name", diagnosis.code().title());
    map.putAll(FindingsReport.toJson(diagnosis.finding()));
    return map;
  }
}
