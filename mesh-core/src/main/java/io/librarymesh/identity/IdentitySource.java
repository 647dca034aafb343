package io.librarymesh.identity;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a workload's identity comes from, and who tells when it is replaced: files, a control
 * plane's certificate authority, the SPIFFE Workload API, or SDS. Safe in any thread.
 */
public interface IdentitySource extends AutoCloseable {
  /** The identity in force; empty before there is a first one. Never waits. */
  Optional<Identity> current();

  /** Why there is no newer identity; empty when nothing is wrong. Holds no secret. */
  Optional<String> problem();

  /**
   * Tells each new identity, in their order and one at a time, from a thread of the source; begins
   * with the one in force, if there is one. The listener must not block.
   *
   * @return ends the telling
   */
  AutoCloseable subscribe(Consumer<Identity> listener);

  /** Ends the renewing. What is in force stays readable. */
  @Override
  void close();
}
