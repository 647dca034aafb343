package io.librarymesh.identity;

import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** A certificate was refused. The message is fit for logs: it quotes peers with escapes only. */
public final class SvidRefusedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final SvidRefusal reason;

  SvidRefusedException(SvidRefusal reason, String message) {
    this(reason, message, null);
  }

  SvidRefusedException(SvidRefusal reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The kind of refusal, for counts and tests. */
  public SvidRefusal reason() {
    return reason;
  }
}
