package io.librarymesh.controlplane.fields;

import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.Finding;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What comes of configuration.
 *
 * @param served all resources of all clients, by client, type and name
 * @param findings what is said
 */
record Outcome(Map<String, Message> served, List<Finding> findings) {
  private static final List<String> WHOLE =
      List.of("accepted but not in force yet: ", "not used here: ", "Istio declares this field");

  boolean isRefused() {
    return findings.stream().anyMatch(Finding::isError);
  }

  /** What is said here, and not there, of a field, what is in it or what it is in. */
  List<Finding> saidOf(String path, Outcome other) {
    Set<String> there = Set.copyOf(other.findings.stream().map(Outcome::text).toList());
    return findings.stream()
        .filter(finding -> finding.line() <= 1) // What stands beside it has lines of its own.
        .filter(finding -> !there.contains(text(finding)))
        .filter(finding -> isAbout(finding.fieldPath(), path))
        .toList();
  }

  /** What is said of something around a field as a whole: that it is not used, or not yet. */
  List<Finding> saidAround(String path) {
    return findings.stream()
        .filter(finding -> WHOLE.stream().anyMatch(finding.message()::startsWith))
        .filter(finding -> isIn(path, finding.fieldPath()))
        .toList();
  }

  private static String text(Finding finding) {
    return finding.severity() + " " + finding.fieldPath() + " " + finding.message();
  }

  private static boolean isAbout(String said, String path) {
    return said.equals(path) || isIn(said, path) || isIn(path, said);
  }

  private static boolean isIn(String inner, String outer) {
    return !outer.isEmpty()
        && inner.length() > outer.length()
        && inner.startsWith(outer)
        && (inner.charAt(outer.length()) == '.' || inner.charAt(outer.length()) == '[');
  }
}
