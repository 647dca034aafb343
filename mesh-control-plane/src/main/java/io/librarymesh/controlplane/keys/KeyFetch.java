package io.librarymesh.controlplane.keys;

import java.io.IOException;
import java.time.Duration;

/** Gets documents from addresses that somebody wrote into a rule. Blocks; any thread. */
@FunctionalInterface
interface KeyFetch {

  /**
   * Gets a document.
   *
   * @param timeout of all of it
   * @throws RefusedAddress if the address is not to be called
   * @throws IOException if there is none; the message repeats nothing of what was answered
   */
  String get(String uri, Duration timeout) throws IOException;
}
