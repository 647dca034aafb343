package io.librarymesh.authz;

import org.jspecify.annotations.Nullable;

/** A compiled filter. */
@FunctionalInterface
interface InboundStep {
  /**
   * Takes a request through it.
   *
   * @return why it ends here; null when it goes on
   */
  InboundVerdict.@Nullable Denied take(Passage passage);
}
