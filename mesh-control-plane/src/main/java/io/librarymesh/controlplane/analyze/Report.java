package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what one analyzer finds; what is said twice counts once. */
final class Report {
  private final Code code;
  private final Set<Diagnosis> diagnoses = new LinkedHashSet<>();

  Report(Code code) {
    this.code = code;
  }

  /** Something that does not do what its author can have meant. */
  void warn(SourcePosition position, String path, String message) {
    add(position, Severity.WARNING, path, message);
  }

  /** Something that works, in a way that may surprise. */
  void inform(SourcePosition position, String path, String message) {
    add(position, Severity.INFO, path, message);
  }

  private void add(SourcePosition position, Severity severity, String path, String message) {
    diagnoses.add(new Diagnosis(code, new Finding(position, severity, path, message)));
  }

  List<Diagnosis> diagnoses() {
    return List.copyOf(diagnoses);
  }
}
