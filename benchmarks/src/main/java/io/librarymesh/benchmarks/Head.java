package io.librarymesh.benchmarks;

import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.route.RequestHead;
import org.jspecify.annotations.Nullable;

/** A request and a response that cost nothing to read. */
public record Head(String authority, String path) implements RequestHead, ResponseHead {
  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public @Nullable String header(String name) {
    return null;
  }

  @Override
  public boolean mayHaveHeader(String prefix) {
    return false;
  }

  @Override
  public int status() {
    return 200;
  }
}
