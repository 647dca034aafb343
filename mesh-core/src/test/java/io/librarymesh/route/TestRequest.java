package io.librarymesh.route;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request head made in a test. Each {@code with} returns a changed copy. */
public record TestRequest(
    String method, String scheme, String authority, String path, Map<String, String> headers)
    implements RequestHead {
  /** Nothing but a GET of the root. */
  public static final TestRequest PLAIN = get("/");

  /** The same of gRPC, which only its content type shows. */
  public static final TestRequest GRPC = PLAIN.withHeader("content-type", "application/grpc");

  public TestRequest {
    headers = Map.copyOf(headers);
  }

  public static TestRequest get(String path) {
    return new TestRequest("GET", "http", "reviews", path, Map.of());
  }

  public TestRequest withMethod(String changed) {
    return new TestRequest(changed, scheme, authority, path, headers);
  }

  public TestRequest withScheme(String changed) {
    return new TestRequest(method, changed, authority, path, headers);
  }

  public TestRequest withAuthority(String changed) {
    return new TestRequest(method, scheme, changed, path, headers);
  }

  /** Adds a header line, joined to an earlier one of that name as every adapter must do. */
  public TestRequest withHeader(String name, String value) {
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
