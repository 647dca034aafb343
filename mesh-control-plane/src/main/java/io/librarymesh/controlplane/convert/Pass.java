package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One time through a text: what is to change, and what there is to say. Confined to one thread.
 *
 * @see Edits
 */
final class Pass {
  private final YamlText text;
  private final Edits edits;
  private final List<Finding> findings = new ArrayList<>();

  Pass(YamlText text) {
    this.text = text;
    this.edits = new Edits(text.text());
  }

  YamlText text() {
    return text;
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** The text with the changes; empty when there are none. */
  Optional<String> result() {
    return edits.isEmpty() ? Optional.empty() : Optional.of(edits.result());
  }

  /** See {@link Edits#lines}. */
  List<Integer> lines(List<Integer> before) {
    return edits.lines(before);
  }

  /**
   * Makes a change if all of it can be made.
   *
   * @return whether it can
   */
  boolean change(List<Optional<TextEdit>> parts) {
    List<TextEdit> all = new ArrayList<>();
    for (Optional<TextEdit> part : parts) {
      if (part.isEmpty()) {
        return false;
      }
      all.add(part.get());
    }
    edits.add(all);
    return true;
  }

  /** Makes a change that can always be made. */
  void change(TextEdit edit) {
    edits.add(List.of(edit));
  }

  /** Makes a change, with a warning where it cannot be made. */
  void changeOrWarn(Field field, String byHand, List<Optional<TextEdit>> parts) {
    if (!change(parts)) {
      warn(field, "cannot be rewritten where it stands; " + byHand);
    }
  }

  /** The same of a change in one place. */
  void changeOrWarn(Field field, String byHand, Optional<TextEdit> part) {
    changeOrWarn(field, byHand, List.of(part));
  }

  void warn(Field field, String message) {
    add(Severity.WARNING, field, message);
  }

  void inform(Field field, String message) {
    add(Severity.INFO, field, message);
  }

  private void add(Severity severity, Field field, String message) {
    Finding finding = new Finding(text.position(field.keyNode()), severity, field.key(), message);
    // What has aliases is come to more than once.
    if (!findings.contains(finding)) {
      findings.add(finding);
    }
  }
}
