package io.librarymesh.controlplane.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is answered.
 *
 * @param status of HTTP
 * @param type of the body, as {@code Content-Type}
 * @param headers beside those that every answer has
 */
record Reply(int status, String type, String body, Map<String, String> headers) {

  private static final String JSON = "application/json; charset=utf-8";

  /** A tree of maps, lists, texts, numbers and booleans as JSON. */
  static Reply json(int status, Object content, boolean pretty) {
    GsonBuilder builder = new GsonBuilder().disableHtmlEscaping();
    Gson gson = pretty ? builder.setPrettyPrinting().create() : builder.create();
    return new Reply(status, JSON, gson.toJson(content) + "\n", Map.of());
  }

  static Reply text(String type, String body) {
    return new Reply(200, type, body, Map.of());
  }

  static Reply document(String json) {
    return new Reply(200, JSON, json, Map.of());
  }

  /** Why there is no better answer, in words. */
  static Reply error(int status, String message, Map<String, ?> more) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("status", status);
    content.put("error", message);
    content.putAll(more);
    return json(status, content, false);
  }

  Reply with(String header, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Reply(status, type, body, all);
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }
}
