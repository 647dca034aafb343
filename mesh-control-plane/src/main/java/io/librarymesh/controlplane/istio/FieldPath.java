package io.librarymesh.controlplane.istio;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way from a document's root to one of its fields, as findings print it. Immutable. */
final class FieldPath {

  /** The document itself; prints as the empty string. */
  static final FieldPath ROOT = new FieldPath(null, "", -1);

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_@][A-Za-z0-9_-]*");

  private final @Nullable FieldPath parent;
  private final String name;
  private final int index;

  private FieldPath(@Nullable FieldPath parent, String name, int index) {
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  /** A field of a message or a key of a map. */
  FieldPath field(String fieldName) {
    return new FieldPath(this, fieldName, -1);
  }

  /** Two or more fields deep: {@code fields("a", "b")} is {@code field("a").field("b")}. */
  FieldPath fields(String... names) {
    FieldPath path = this;
    for (String each : names) {
      path = path.field(each);
    }
    return path;
  }

  /** An entry of a list. */
  FieldPath index(int entry) {
    return new FieldPath(this, "", entry);
  }

  @Nullable FieldPath parent() {
    return parent;
  }

  boolean isIndex() {
    return index >= 0;
  }

  int index() {
    return index;
  }

  String name() {
    return name;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    print(text);
    return text.toString();
  }

  private void print(StringBuilder text) {
    if (parent == null) {
      return;
    }
    parent.print(text);
    if (isIndex()) {
      text.append('[').append(index).append(']');
    } else if (PLAIN.matcher(name).matches()) {
      text.append(text.length() == 0 ? "" : ".").append(name);
    } else {
      text.append("[\"").append(Quoting.clip(name)).append("\"]");
    }
  }
}
