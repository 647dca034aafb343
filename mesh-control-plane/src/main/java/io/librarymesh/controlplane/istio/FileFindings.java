package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the findings of one file, up to a limit. Confined to the reading thread. */
final class FileFindings {
  private static final Comparator<Finding> BY_PLACE =
      Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column);

  private final String file;
  private final int limit;
  private final List<Finding> findings = new ArrayList<>();
  private int dropped;
  private boolean droppedError;

  FileFindings(String file, int limit) {
    this.file = file;
    this.limit = limit;
  }

  String file() {
    return file;
  }

  void add(int line, int column, Severity severity, String fieldPath, String message) {
    if (findings.size() < limit) {
      findings.add(
          new Finding(new SourcePosition(file, line, column), severity, fieldPath, message));
    } else {
      dropped++;
      droppedError |= severity == Severity.ERROR;
    }
  }

  /** All findings by line and column; those of one place in the order in which they were made. */
  List<Finding> sorted() {
    List<Finding> sorted = new ArrayList<>(findings);
    sorted.sort(BY_PLACE);
    if (dropped > 0) {
      sorted.add(
          new Finding(
              SourcePosition.wholeFile(file),
              droppedError ? Severity.ERROR : Severity.WARNING,
              "",
              "and " + dropped + " more findings"));
    }
    return sorted;
  }
}
