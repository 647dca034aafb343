package io.librarymesh.server;

import io.librarymesh.authz.ExternalCheck;
import io.librarymesh.route.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question to an authorizer as the mesh sees it: a request to the authorizer's own host, whatever
 * host it is about.
 */
record CheckHead(ExternalCheck check, String authority) implements RequestHead {
  @Override
  public String method() {
    return check.method();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String path() {
    return check.path();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> lines = check.headers().get(name);
    return lines == null ? null : String.join(",", lines);
  }

  @Override
  public List<String> headerLines(String name) {
    return check.headers().getOrDefault(name, List.of());
  }
}
