package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.JwtRule;
import io.librarymesh.controlplane.keys.KeySets;
import io.librarymesh.controlplane.keys.KeySource;
import java.util.Optional;

/** What a server is told of the keys of an issuer. */
sealed interface TokenKeys {
  /** No key, so that every token is refused. */
  String NONE = "{\"keys\":[]}";

  /**
   * The keys themselves.
   *
   * @param jwks a JSON Web Key Set
   */
  record Inline(String jwks) implements TokenKeys {}

  /** Where they are, for a server that has them from there. */
  record Remote(String uri) implements TokenKeys {}

  /**
   * What there is for a rule.
   *
   * @param source where the keys are, unless they stand in the rule
   */
  static TokenKeys of(JwtRule rule, Optional<KeySource> source, KeySets known) {
    if (source.isEmpty()) {
      return new Inline(rule.jwks().orElse(NONE));
    }
    KeySource from = source.get();
    if (!known.fetching() && from.kind() == KeySource.Kind.KEY_SET) {
      return new Remote(from.address());
    }
    return new Inline(known.set(from).orElse(NONE));
  }
}
