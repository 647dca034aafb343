package io.librarymesh.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Formats of what a command prints. */
enum Output {
  table,
  json,
  yaml;

  /** For machines; a table is the command's own matter. */
  String format(@Nullable Object value) {
    return this == yaml ? toYaml(value) : toJson(value);
  }

  /** Indented, with a line break at the end. */
  static String toJson(@Nullable Object value) {
    return gson().toJson(value) + "\n";
  }

  /** The same content in blocks. */
  private static String toYaml(@Nullable Object value) {
    Object plain = gson().fromJson(gson().toJsonTree(value), Object.class);
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(120).build();
    return new Dump(settings).dumpToString(plain);
  }

  private static Gson gson() {
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
        .create();
  }
}
