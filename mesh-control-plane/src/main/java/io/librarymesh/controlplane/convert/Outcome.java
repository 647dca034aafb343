package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What becomes of the resources that are converted. Confined to one thread. */
final class Outcome {
  private final Map<SourcePosition, List<Map<String, Object>>> replaced = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  /** Other documents stand in the place of a resource; none, where others say it already. */
  void replace(Resource resource, List<Map<String, Object>> documents) {
    replaced.put(resource.position(), documents);
  }

  /** A resource stays as it was, for these reasons. */
  void stays(Resource resource, List<Problem> problems) {
    String name = resource.kind().yamlName() + " " + resource.metadata().name();
    for (Problem problem : problems) {
      findings.add(
          new Finding(
              problem.position(),
              Severity.WARNING,
              problem.field(),
              problem.message() + "; " + name + " stays as it was"));
    }
  }

  /** Something that means another thing than before. */
  void warn(SourcePosition position, String field, String message) {
    findings.add(new Finding(position, Severity.WARNING, field, message));
  }

  /** Something about a field that is as it should be, and to be known. */
  void inform(SourcePosition position, String field, String message) {
    findings.add(new Finding(position, Severity.INFO, field, message));
  }

  /** Something that is as it should be, and to be known. */
  void inform(Resource resource, String message) {
    findings.add(new Finding(resource.position(), Severity.INFO, "", message));
  }

  Map<SourcePosition, List<Map<String, Object>>> replaced() {
    return replaced;
  }

  List<Finding> findings() {
    return findings;
  }

  /**
   * Something that the other form cannot say.
   *
   * @param position where it stands
   * @param field its path
   * @param message what the other form lacks
   */
  record Problem(SourcePosition position, String field, String message) {}
}
