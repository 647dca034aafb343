package io.librarymesh.controlplane.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Changes of one text, made together. A change that touches what another one has touched has to
 * wait for the next pass, which sees the text that this one leaves. Confined to one thread.
 */
final class Edits {
  private final String text;
  private final NavigableMap<Integer, TextEdit> edits = new TreeMap<>();

  Edits(String text) {
    this.text = text;
  }

  /** Makes all of a change, or none of it where it has to wait. */
  void add(List<TextEdit> change) {
    if (change.stream().noneMatch(this::waits)) {
      change.forEach(edit -> edits.put(edit.start(), edit));
    }
  }

  private boolean waits(TextEdit edit) {
    Map.Entry<Integer, TextEdit> before = edits.floorEntry(edit.start());
    Map.Entry<Integer, TextEdit> after = edits.ceilingEntry(edit.start());
    return (before != null && before.getValue().overlaps(edit))
        || (after != null && after.getValue().overlaps(edit));
  }

  boolean isEmpty() {
    return edits.isEmpty();
  }

  /** The text as it is then. */
  String result() {
    StringBuilder result = new StringBuilder(text.length());
    int done = 0;
    for (TextEdit edit : edits.values()) {
      result.append(text, done, edit.start()).append(edit.text());
      done = edit.end();
    }
    return result.append(text, done, text.length()).toString();
  }

  /**
   * Which line of the text each line of the result comes from, one-based.
   *
   * @param before the same of each line of the text, when it is a result itself
   */
  List<Integer> lines(List<Integer> before) {
    List<Integer> lines = new ArrayList<>();
    lines.add(before.get(0));
    int line = 0;
    int done = 0;
    List<TextEdit> all = new ArrayList<>(edits.values());
    all.add(new TextEdit(text.length(), text.length(), ""));
    for (TextEdit edit : all) {
      for (int i = done; i < edit.start(); i++) {
        if (text.charAt(i) == '\n') {
          line++;
          lines.add(before.get(line));
        }
      }
      for (long i = edit.text().chars().filter(c -> c == '\n').count(); i > 0; i--) {
        lines.add(before.get(line));
      }
      line += (int) text.substring(edit.start(), edit.end()).chars().filter(c -> c == '\n').count();
      done = edit.end();
    }
    return lines;
  }
}
