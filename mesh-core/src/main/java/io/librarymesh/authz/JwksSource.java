package io.librarymesh.authz;

import java.util.Optional;

/** Has the key sets of issuers that are known by URI. */
@FunctionalInterface
public interface JwksSource {
  /** Has none, so that every token of such an issuer is refused. */
  JwksSource NONE = uri -> Optional.empty();

  /**
   * The keys at a URI as they are known now. Never waits: fetching is done elsewhere. Any thread.
   *
   * @return empty when they could not be fetched
   */
  Optional<JwkSet> keys(String uri);
}
