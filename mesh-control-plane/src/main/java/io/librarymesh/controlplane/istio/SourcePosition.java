package io.librarymesh.controlplane.istio;

/**
 * The place in a file where something was written.
 *
 * @param file the file name as the caller of the reader gave it, never resolved or shortened
 * @param line one-based line; 0 when the finding concerns the file as a whole
 * @param column one-based column in characters; 0 when the finding concerns the file as a whole
 */
public record SourcePosition(String file, int line, int column) {

  /** The position that stands for a whole file. */
  public static SourcePosition wholeFile(String file) {
    return new SourcePosition(file, 0, 0);
  }

  /** {@code FILE:LINE:COLUMN}, or the file name alone for a whole file. */
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
