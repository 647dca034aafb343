package io.librarymesh.controlplane.ca;

/**
 * A certificate was refused. The message is fit for logs: it holds no token and no key. Has no
 * stack trace, since it says nothing about this program.
 */
public final class CaRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final CaRefusal reason;

  /** A refusal and its reason in words. */
  public CaRefusedException(CaRefusal reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** The kind of refusal. */
  public CaRefusal reason() {
    return reason;
  }
}
