package io.librarymesh;

import io.librarymesh.outcome.ResponseHead;
import org.jspecify.annotations.Nullable;

/** An answer without headers, of a test that drives calls itself. */
record PlainAnswer(int status) implements ResponseHead {
  @Override
  public @Nullable String header(String name) {
    return null;
  }
}
