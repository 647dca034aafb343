package io.librarymesh.controlplane.convert;

/**
 * A replacement in a text.
 *
 * @param start offset of the first character that goes
 * @param end offset behind the last one; the start, where something is only put in
 * @param text what comes in its place
 */
record TextEdit(int start, int end, String text) {

  boolean overlaps(TextEdit other) {
    return start == other.start || (start < other.end && other.start < end);
  }
}
