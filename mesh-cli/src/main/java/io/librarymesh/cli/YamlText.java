package io.librarymesh.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Map;

/** Writes plain lists as YAML. Strings stand in the quotes of JSON, of which YAML is a superset. */
final class YamlText {
  private static final Gson SCALARS = new GsonBuilder().disableHtmlEscaping().create();

  private YamlText() {}

  /** A list of maps from plain words to strings and numbers. */
  static String ofList(List<Map<String, Object>> maps) {
    if (maps.isEmpty()) {
      return "[]\n";
    }
    StringBuilder yaml = new StringBuilder();
    for (Map<String, Object> map : maps) {
      String lead = "- ";
      for (Map.Entry<String, Object> entry : map.entrySet()) {
        yaml.append(lead).append(entry.getKey()).append(": ");
        yaml.append(SCALARS.toJson(entry.getValue())).append('\n');
        lead = "  ";
      }
    }
    return yaml.toString();
  }
}
