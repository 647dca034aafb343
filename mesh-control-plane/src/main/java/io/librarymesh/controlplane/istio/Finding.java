package io.librarymesh.controlplane.istio;

/**
 * One thing to tell the author of a file.
 *
 * @param position where it stands
 * @param severity how much it matters
 * @param fieldPath the field, for example {@code spec.http[0].route[1].weight}; keys that are not
 *     plain words stand in brackets and quotes; empty when no single field is concerned
 * @param message what was found and what is expected, with a hint where there is one
 */
public record Finding(
    SourcePosition position, Severity severity, String fieldPath, String message) {

  /** The file name as it was given to the reader. */
  public String file() {
    return position.file();
  }

  /** One-based line, 0 for the file as a whole. */
  public int line() {
    return position.line();
  }

  /** One-based column, 0 for the file as a whole. */
  public int column() {
    return position.column();
  }

  /** Whether this finding keeps the file from being put in force. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /**
   * {@code FILE:LINE:COL: error: FIELD.PATH: message}, in one line: a terminal or a log gets no
   * line breaks and control characters from anybody's file name.
   */
  @Override
  public String toString() {
    String place = position + ": " + severity.word() + ": ";
    String text = fieldPath.isEmpty() ? place + message : place + fieldPath + ": " + message;
    return Quoting.withoutControls(text);
  }
}
