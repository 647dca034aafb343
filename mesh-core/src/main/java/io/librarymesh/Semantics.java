package io.librarymesh;

/** How far a mesh goes beyond what Istio's sidecar does. */
public enum Semantics {
  /**
   * What Istio lacks to be safe is on. A request with a method that is not idempotent is retried
   * only when it was certainly not processed, or carries an {@code idempotency-key}, or its rule
   * says that it may be; and retries at one destination are at most a fifth of the calls to it, or
   * ten a second if that is more.
   */
  STANDARD,
  /** As an Istio sidecar: any method is retried, and only the configuration bounds retries. */
  ISTIO_EXACT
}
