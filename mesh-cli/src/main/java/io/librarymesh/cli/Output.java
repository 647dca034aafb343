package io.librarymesh.cli;

import com.google.gson.GsonBuilder;
import org.jspecify.annotations.Nullable;

/** Formats of what a command prints. */
enum Output {
  table,
  json;

  /** Indented, with a line break at the end. */
  static String toJson(@Nullable Object value) {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(value)
        + "\n";
  }
}
