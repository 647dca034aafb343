package io.librarymesh.route;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request head made in a test. Each {@code with} returns a changed copy. */
record TestRequest(
    String method, String scheme, String authority, String path, Map<String, String> headers)
    implements RequestHead {
  TestRequest {
    headers = Map.copyOf(headers);
  }

  static TestRequest get(String path) {
    return new TestRequest("GET", "http", "reviews", path, Map.of());
  }

  TestRequest withMethod(String changed) {
    return new TestRequest(changed, scheme, authority, path, headers);
  }

  TestRequest withScheme(String changed) {
    return new TestRequest(method, changed, authority, path, headers);
  }

  TestRequest withAuthority(String changed) {
    return new TestRequest(method, scheme, changed, path, headers);
  }

  /** Adds a header line, joined to an earlier one of that name as every adapter must do. */
  TestRequest withHeader(String name, String value) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.merge(name.toLowerCase(Locale.ROOT), value, (a, b) -> a + "," + b);
    return new TestRequest(method, scheme, authority, path, changed);
  }

  @Override
  public @Nullable String header(String name) {
    if (name.startsWith(":")) {
      throw new AssertionError("header(" + name + ") (expected: never a pseudo header)");
    }
    return headers.get(name);
  }
}
