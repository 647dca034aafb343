package io.librarymesh.kubernetes;

import io.librarymesh.controlplane.istio.Finding;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of an object.
 *
 * @param generation of the object that this is about, as the API server counts
 * @param read what reading it had to say
 * @param references what it names and nobody declared, and the like
 */
record ObjectVerdict(long generation, List<Finding> read, List<Finding> references) {
  /** More are counted only: a status is read in a terminal. */
  private static final int SHOWN = 5;

  ObjectVerdict {
    read = List.copyOf(read);
    references = List.copyOf(references);
  }

  /** Whether its present version is in force. */
  boolean isAccepted() {
    return read.stream().noneMatch(Finding::isError);
  }

  /** Whether everything that it names is there. */
  boolean isResolved() {
    return references.isEmpty();
  }

  /** Why it is not in force, or what its author should know though it is. */
  String acceptance() {
    if (read.isEmpty()) {
      return "In force";
    }
    return isAccepted() ? "In force; " + words(read) : words(read);
  }

  /** What is not there. */
  String resolution() {
    return references.isEmpty() ? "Everything that it names is there" : words(references);
  }

  private static String words(List<Finding> findings) {
    String shown =
        findings.stream().limit(SHOWN).map(ObjectVerdict::words).collect(Collectors.joining("; "));
    int more = findings.size() - SHOWN;
    return more > 0 ? shown + "; and " + more + " more" : shown;
  }

  private static String words(Finding finding) {
    String place = finding.fieldPath().isEmpty() ? "" : finding.fieldPath() + ": ";
    return place + finding.message();
  }
}
