package io.librarymesh.cli;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Findings as lines for people and as objects for machines. */
final class FindingsReport {
  private FindingsReport() {}

  static void print(List<Finding> findings, PrintStream out) {
    findings.forEach(out::println);
    out.flush();
  }

  static long count(List<Finding> findings, Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }

  /** "1 error", "2 errors". */
  static String counted(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** A line for each, and how many there are. */
  static String table(List<Finding> findings, int resources) {
    StringBuilder text = new StringBuilder();
    findings.forEach(finding -> text.append(finding).append('\n'));
    return text.append(summary(resources, findings)).append('\n').toString();
  }

  /** How many resources, errors and warnings there are. */
  static String summary(int resources, List<Finding> findings) {
    return String.join(
        ", ",
        counted(resources, "resource"),
        counted(count(findings, Severity.ERROR), "error"),
        counted(count(findings, Severity.WARNING), "warning"));
  }

  static Map<String, Object> toJson(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", finding.file());
    json.put("line", finding.line());
    json.put("column", finding.column());
    json.put("severity", finding.severity().word());
    json.put("field", finding.fieldPath());
    json.put("message", finding.message());
    return json;
  }
}
