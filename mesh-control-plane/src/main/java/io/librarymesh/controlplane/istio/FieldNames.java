package io.librarymesh.controlplane.istio;

import org.jspecify.annotations.Nullable;

/** Finds fields of Istio's messages by name, in the two cases in which protobuf writes JSON. */
final class FieldNames {
  private FieldNames() {}

  /** The entry with this name in camelCase, or in snake_case where there is none. */
  static YamlValue.@Nullable Entry find(YamlValue.Mapping mapping, String name) {
    YamlValue.Entry snake = null;
    for (YamlValue.Entry entry : mapping.entries()) {
      if (entry.key().equals(name)) {
        return entry;
      }
      if (entry.key().indexOf('_') > 0 && camelCase(entry.key()).equals(name)) {
        snake = entry;
      }
    }
    return snake;
  }

  /** Protobuf's JSON name of a field. */
  private static String camelCase(String snakeCase) {
    StringBuilder name = new StringBuilder(snakeCase.length());
    boolean upper = false;
    for (int i = 0; i < snakeCase.length(); i++) {
      char c = snakeCase.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        name.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return name.toString();
  }
}
