package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is said about one document, and where its fields stand. The binder reports at the place that
 * it reads; validation knows only paths, and has them looked up here.
 *
 * <p>A rule that is broken only because the binder has already refused something is not reported
 * again: {@code no route} helps nobody beside {@code unknown field 'rout'}. What is refused
 * explains what is said of itself and of all within it, and what is missing right around it;
 * nothing else.
 */
final class DocumentReport {
  private final FileFindings findings;
  private final YamlValue.Mapping document;
  private final FieldPath base;
  private final List<Fields> read = new ArrayList<>();

  /** Paths that the binder refused. */
  private final Set<String> refused = new HashSet<>();

  /** All paths above them. */
  private final Set<String> aboveRefused = new HashSet<>();

  /** The messages that a refused field is missing in, and the lists that these stand in. */
  private final Set<String> lacking = new HashSet<>();

  /** Where there is an error of any kind, below {@link #base}. */
  private final Set<String> wrong = new LinkedHashSet<>();

  private boolean errors;
  private boolean inForceMuted;
  private Set<String> doneByOthers = Set.of();

  /**
   * @param base where the document stands in its file: the root, or an item of a {@code List}
   */
  DocumentReport(FileFindings findings, YamlValue.Mapping document, FieldPath base) {
    this.findings = findings;
    this.document = document;
    this.base = base;
  }

  boolean hasErrors() {
    return errors;
  }

  SourcePosition position(YamlValue value) {
    return new SourcePosition(findings.file(), value.line(), value.column());
  }

  /** The binder cannot use what stands at this place. */
  void refuse(FieldPath path, int line, int column, String message) {
    addError(path);
    refused.add(path.toString());
    boolean near = true;
    for (FieldPath above = path.parent(); above != null; above = above.parent()) {
      aboveRefused.add(above.toString());
      if (near) {
        lacking.add(above.toString());
      }
      near = near && above.isIndex();
    }
    findings.add(line, column, Severity.ERROR, path.toString(), message);
  }

  /** The binder has refused something that is this field in all likelihood. */
  void explain(FieldPath path) {
    refused.add(path.toString());
    addWrong(path);
  }

  void refuse(FieldPath path, YamlValue at, String message) {
    refuse(path, at.line(), at.column(), message);
  }

  void warn(FieldPath path, YamlValue at, String message) {
    warn(path, at.line(), at.column(), message);
  }

  void warn(FieldPath path, int line, int column, String message) {
    findings.add(line, column, Severity.WARNING, path.toString(), message);
  }

  /** What is written breaks a rule. */
  void invalid(FieldPath path, String message) {
    if (!isRefused(path)) {
      addError(path);
      addAt(path, Severity.ERROR, message);
    }
  }

  /** Something is missing in a message or a list, which breaks a rule. */
  void incomplete(FieldPath path, String message) {
    if (!isLacking(path)) {
      invalid(path, message);
    }
  }

  /** The value is valid, but its author may have meant something else. */
  void suspicious(FieldPath path, String message) {
    if (!isRefused(path)) {
      addAt(path, Severity.WARNING, message);
    }
  }

  /** A message or a list is valid, but its author may have meant to write more. */
  void suspiciouslyIncomplete(FieldPath path, String message) {
    if (!isLacking(path)) {
      suspicious(path, message);
    }
  }

  /** Something that is as it should be, and not used. */
  void inform(FieldPath path, String message) {
    addAt(path, Severity.INFO, message);
  }

  /** Says that a valid field is not in force yet, unless the whole document is not. */
  void notInForce(FieldPath path, YamlValue.Entry entry, String message) {
    if (!inForceMuted && !doneByOthers.contains(path.name())) {
      warn(path, entry.line(), entry.column(), message);
    }
  }

  /** Has {@link #notInForce} say nothing: the document concerns no client of the mesh. */
  void muteInForce() {
    inForceMuted = true;
  }

  /** Has {@link #notInForce} say nothing of fields of these names: who it is for acts on them. */
  void muteInForce(Set<String> names) {
    doneByOthers = names;
  }

  /** Remembers a mapping whose unknown fields are to be reported by {@link #reportUnknown}. */
  void reading(Fields fields) {
    read.add(fields);
  }

  /** Reports the unknown fields of everything that was read, now that all known ones are known. */
  void reportUnknown() {
    for (Fields fields : read) {
      fields.reportUnknown();
    }
  }

  /** Whether the binder has refused the field, something in it, or something around it. */
  boolean isRefusedInPart(FieldPath path) {
    return aboveRefused.contains(path.toString()) || isRefused(path);
  }

  /** Whether the binder has refused the field, or something around it. */
  private boolean isRefused(FieldPath path) {
    for (FieldPath at = path; at != null; at = at.parent()) {
      if (refused.contains(at.toString())) {
        return true;
      }
    }
    return false;
  }

  /** Whether what is missing there may be what the binder has refused. */
  private boolean isLacking(FieldPath path) {
    return lacking.contains(path.toString());
  }

  /** The paths of all errors, as they are in a document that is a file of its own. */
  Set<String> wrong() {
    return Set.copyOf(wrong);
  }

  private void addError(FieldPath path) {
    errors = true;
    addWrong(path);
  }

  private void addWrong(FieldPath path) {
    FieldPath inDocument = FieldPath.ROOT;
    for (FieldPath step : stepsTo(path)) {
      inDocument = step.isIndex() ? inDocument.index(step.index()) : inDocument.field(step.name());
    }
    wrong.add(inDocument.toString());
  }

  private void addAt(FieldPath path, Severity severity, String message) {
    Place place = placeOf(path);
    findings.add(place.line(), place.column(), severity, path.toString(), message);
  }

  /** Whether the field is there, in any spelling of today's place. */
  boolean isWritten(FieldPath path) {
    YamlValue value = document;
    for (FieldPath step : stepsTo(path)) {
      Optional<YamlValue> next = child(value, step).map(Child::value);
      if (next.isEmpty()) {
        return false;
      }
      value = next.get();
    }
    return true;
  }

  /**
   * Line and column of a field: of its value when that is a scalar, else of its key; of what it
   * would stand in when it is absent.
   */
  private Place placeOf(FieldPath path) {
    YamlValue value = document;
    Place place = new Place(document.line(), document.column());
    for (FieldPath step : stepsTo(path)) {
      Optional<Child> child = child(value, step);
      // A field that is not there is skipped, not the end: an older spelling may have left out a
      // level, and what stands below it is still the best place to point at.
      if (child.isPresent()) {
        value = child.get().value();
        place = child.get().place();
      } else if (step.isIndex()) {
        break;
      }
    }
    return place;
  }

  private List<FieldPath> stepsTo(FieldPath path) {
    List<FieldPath> steps = new ArrayList<>();
    for (FieldPath at = path; at != null && at != base; at = at.parent()) {
      steps.add(0, at);
    }
    return steps;
  }

  private static Optional<Child> child(YamlValue value, FieldPath step) {
    if (value instanceof YamlValue.Sequence list && step.isIndex()) {
      if (step.index() >= list.items().size()) {
        return Optional.empty();
      }
      YamlValue item = list.items().get(step.index());
      return Optional.of(new Child(item, new Place(item.line(), item.column())));
    }
    if (value instanceof YamlValue.Mapping mapping && !step.isIndex()) {
      YamlValue.Entry entry = FieldNames.find(mapping, step.name());
      if (entry != null) {
        YamlValue item = entry.value();
        boolean scalar = item instanceof YamlValue.Scalar;
        Place place =
            scalar
                ? new Place(item.line(), item.column())
                : new Place(entry.line(), entry.column());
        return Optional.of(new Child(item, place));
      }
    }
    return Optional.empty();
  }

  private record Place(int line, int column) {}

  private record Child(YamlValue value, Place place) {}
}
