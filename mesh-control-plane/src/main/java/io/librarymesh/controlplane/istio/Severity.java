package io.librarymesh.controlplane.istio;

import java.util.Locale;

/** How much a {@link Finding} matters. */
public enum Severity {
  /** The resource cannot be used; a file with one is not put in force. */
  ERROR,
  /** The resource is used, but not everything in it does what its author may expect. */
  WARNING,
  /** Something is not used here, and that is as it should be. */
  INFO;

  /** The lower-case word that stands in a printed finding. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
