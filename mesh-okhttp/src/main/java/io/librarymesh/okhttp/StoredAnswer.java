package io.librarymesh.okhttp;

import io.librarymesh.config.Body;
import io.librarymesh.config.StoredResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.Response;

/** Makes of a response what the mesh can give to others. */
final class StoredAnswer {
  /** What concerns one connection, and what the new one says by itself. Source: RFC 9110, 7.6.1. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private StoredAnswer() {}

  static StoredResponse of(Response response, Body body) {
    Headers headers = response.headers();
    Map<String, List<String>> lines = new HashMap<>();
    for (String name : headers.names()) {
      String key = name.toLowerCase(Locale.ROOT);
      if (!OF_THE_CONNECTION.contains(key)) {
        lines.put(key, headers.values(name));
      }
    }
    return new StoredResponse(response.code(), lines, body);
  }
}
