package io.librarymesh.testkit.conformance;

/** A case that cannot be read. The message begins with {@code file:line: }. */
public final class CaseSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CaseSyntaxException(String message) {
    super(message);
  }

  CaseSyntaxException(String message, Throwable cause) {
    super(message, cause);
  }
}
