package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.Finding;

/**
 * One thing that is wrong, or may be.
 *
 * @param code what kind of thing
 * @param finding where it stands, how much it matters, what it does, and what to do about it
 */
public record Diagnosis(Code code, Finding finding) {

  /** {@code FILE:LINE:COL: warning: LM0101 ShadowedRoute: FIELD.PATH: message}, in one line. */
  @Override
  public String toString() {
    String field = finding.fieldPath().isEmpty() ? "" : finding.fieldPath() + ": ";
    return finding.position()
        + ": "
        + finding.severity().word()
        + ": "
        + code
        + ": "
        + field
        + finding.message();
  }
}
