package io.librarymesh.testkit.conformance;

/** The mesh refuses a configuration. The message is what the mesh says. */
public final class RejectedConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Refused with {@code message}. */
  public RejectedConfigException(String message) {
    super(message);
  }
}
