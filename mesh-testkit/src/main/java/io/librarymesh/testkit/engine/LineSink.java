package io.librarymesh.testkit.engine;

import io.librarymesh.route.HeaderSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The headers of a message, which the mesh changes. */
final class LineSink implements HeaderSink {
  private final Map<String, List<String>> lines;

  LineSink(Map<String, List<String>> before) {
    this.lines = new HashMap<>(before);
  }

  @Override
  public void add(String name, String value) {
    List<String> longer = new ArrayList<>(lines.getOrDefault(name, List.of()));
    longer.add(value);
    lines.put(name, List.copyOf(longer));
  }

  @Override
  public void remove(String name) {
    lines.remove(name);
  }

  Map<String, List<String>> lines() {
    return lines;
  }
}
