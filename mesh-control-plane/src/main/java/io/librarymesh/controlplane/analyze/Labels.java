package io.librarymesh.controlplane.analyze;

import java.util.Map;

/** How labels that are asked for go together. */
final class Labels {

  private Labels() {}

  /** Whether nothing can have both: they want different values of one key. */
  static boolean contradict(Map<String, String> a, Map<String, String> b) {
    return a.entrySet().stream()
        .anyMatch(e -> !e.getValue().equals(b.getOrDefault(e.getKey(), e.getValue())));
  }
}
