package io.librarymesh.controlplane.admin;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked.
 *
 * @param path segments between slashes, decoded
 * @param query parameters; of several of a name the first
 */
record Request(List<String> path, Map<String, String> query) {

  /**
   * Reads a request's target.
   *
   * @throws IllegalArgumentException when an escape is broken
   */
  static Request of(URI target) {
    String raw = target.getRawPath();
    List<String> path =
        raw == null || raw.length() < 2
            ? List.of()
            : List.of(raw.substring(1).split("/", -1)).stream().map(Request::segment).toList();
    Map<String, String> query = new LinkedHashMap<>();
    String parameters = target.getRawQuery();
    if (parameters != null) {
      for (String parameter : parameters.split("&", -1)) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        query.putIfAbsent(decoded(name), decoded(value));
      }
    }
    return new Request(path, query);
  }

  /** A plus is one in a path. */
  private static String segment(String raw) {
    return decoded(raw.replace("+", "%2B"));
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw, StandardCharsets.UTF_8);
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
  }

  /** Whether it asks for JSON that people read, as istiod's pages do. */
  boolean isPretty() {
    return query.containsKey("pretty");
  }
}
