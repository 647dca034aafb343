package io.librarymesh.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request with its path in the form that rules and upstream see. */
record NormalizedHead(RequestHead caller, String path) implements RequestHead {
  @Override
  public String method() {
    return caller.method();
  }

  @Override
  public String scheme() {
    return caller.scheme();
  }

  @Override
  public String authority() {
    return caller.authority();
  }

  @Override
  public @Nullable String header(String name) {
    return caller.header(name);
  }

  @Override
  public List<String> headerLines(String name) {
    return caller.headerLines(name);
  }

  @Override
  public boolean mayHaveHeader(String prefix) {
    return caller.mayHaveHeader(prefix);
  }
}
