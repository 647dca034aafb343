package io.librarymesh.guard;

import io.librarymesh.route.RequestHead;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request head made in a test. Each {@code with} returns a changed copy. */
record TestHead(String method, String path, Map<String, String> headers) implements RequestHead {
  TestHead {
    headers = Map.copyOf(headers);
  }

  static TestHead get(String path) {
    return new TestHead("GET", path, Map.of());
  }

  TestHead withMethod(String changed) {
    return new TestHead(changed, path, headers);
  }

  TestHead withHeader(String name, String value) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.put(name, value);
    return new TestHead(method, path, changed);
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    return "reviews";
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
