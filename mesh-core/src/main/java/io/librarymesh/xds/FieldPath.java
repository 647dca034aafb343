package io.librarymesh.xds;

import org.jspecify.annotations.Nullable;

/**
 * Where something stands in a resource, in proto field names: {@code virtual_hosts[0].routes[2]}.
 * The text is built only when it is printed, since most paths never are.
 */
final class FieldPath {
  /** The resource itself. */
  static final FieldPath ROOT = new FieldPath(null, "", "");

  private final @Nullable FieldPath parent;
  private final String name;
  private final Object position;

  private FieldPath(@Nullable FieldPath parent, String name, Object position) {
    this.parent = parent;
    this.name = name;
    this.position = position;
  }

  /** A field of this message. */
  FieldPath field(String field) {
    return new FieldPath(this, field, "");
  }

  /** An element of a repeated field of this message. */
  FieldPath element(String field, int index) {
    return new FieldPath(this, field, index);
  }

  /** A value of a map field of this message. */
  FieldPath entry(String field, String key) {
    return new FieldPath(this, field, key);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text);
    return text.toString();
  }

  private void append(StringBuilder text) {
    if (parent != null) {
      parent.append(text);
      if (text.length() > 0) {
        text.append('.');
      }
    }
    text.append(name);
    if (position instanceof Integer) {
      text.append('[').append(position).append(']');
    } else if (!position.equals("")) {
      text.append("[\"").append(position).append("\"]");
    }
  }
}
