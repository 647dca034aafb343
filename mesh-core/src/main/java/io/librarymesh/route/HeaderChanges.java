package io.librarymesh.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message as they stand after some changes, kept as the difference to what it came
 * with. Confined to a call.
 */
final class HeaderChanges implements HeaderLookup {
  private final HeaderLookup original;
  private final List<Changed> changed = new ArrayList<>(4);

  HeaderChanges(HeaderLookup original) {
    this.original = original;
  }

  /** The same changes, to be changed further by themselves. */
  HeaderChanges copy() {
    HeaderChanges copy = new HeaderChanges(original);
    for (Changed header : changed) {
      Changed same = copy.changed(header.name);
      same.replaced = header.replaced;
      same.lines.addAll(header.lines);
    }
    return copy;
  }

  void remove(String name) {
    Changed header = changed(name);
    header.replaced = true;
    header.lines.clear();
  }

  void set(String name, String value) {
    remove(name);
    changed(name).lines.add(value);
  }

  void add(String name, String value) {
    changed(name).lines.add(value);
  }

  @Override
  public @Nullable String header(String name) {
    Changed header = find(name);
    if (header == null) {
      return original.header(name);
    }
    String before = header.replaced ? null : original.header(name);
    if (header.lines.isEmpty()) {
      return before;
    }
    String added = String.join(",", header.lines);
    return before == null ? added : before + "," + added;
  }

  /**
   * The lines of a header.
   *
   * @param before its lines in the original message
   */
  List<String> lines(String name, List<String> before) {
    Changed header = find(name);
    if (header == null) {
      return before;
    }
    List<String> lines = new ArrayList<>(header.replaced ? List.of() : before);
    lines.addAll(header.lines);
    return lines;
  }

  /** Tells {@code sink} the differences. */
  void applyTo(HeaderSink sink) {
    for (Changed header : changed) {
      if (header.replaced && header.lines.size() == 1) {
        sink.set(header.name, header.lines.get(0));
        continue;
      }
      if (header.replaced) {
        sink.remove(header.name);
      }
      for (String line : header.lines) {
        sink.add(header.name, line);
      }
    }
  }

  private Changed changed(String name) {
    Changed header = find(name);
    if (header == null) {
      header = new Changed(name);
      changed.add(header);
    }
    return header;
  }

  private @Nullable Changed find(String name) {
    for (Changed header : changed) {
      if (header.name.equals(name)) {
        return header;
      }
    }
    return null;
  }

  /** One header that differs: the original lines, unless replaced, and then these. */
  private static final class Changed {
    private final String name;
    private final List<String> lines = new ArrayList<>(1);
    private boolean replaced;

    Changed(String name) {
      this.name = name;
    }
  }
}
