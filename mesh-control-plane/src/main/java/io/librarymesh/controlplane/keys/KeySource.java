package io.librarymesh.controlplane.keys;

import io.librarymesh.controlplane.istio.JwtRule;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the keys of an issuer are.
 *
 * @param kind what the address is of
 * @param address a URI as it was written, not checked yet
 */
public record KeySource(Kind kind, String address) {
  private static final String KEY = "jwks|";
  private static final String CONFIGURATION = "/.well-known/openid-configuration";

  /** What an address is of. */
  public enum Kind {
    /** Of a JSON Web Key Set; {@code jwksUri}. */
    KEY_SET,
    /** Of an issuer, whose configuration says where its keys are. */
    ISSUER
  }

  /** Where the keys of a rule are, unless they stand in it. */
  public static Optional<KeySource> of(JwtRule rule) {
    if (rule.jwks().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        rule.jwksUri()
            .map(uri -> new KeySource(Kind.KEY_SET, uri))
            .orElseGet(() -> new KeySource(Kind.ISSUER, rule.issuer())));
  }

  /** What is fetched first. */
  String firstUri() {
    if (kind == Kind.KEY_SET) {
      return address;
    }
    String issuer = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    return issuer + CONFIGURATION;
  }

  /** What translations depend on that ask for these keys. */
  public String key() {
    return KEY + address.toLowerCase(Locale.ROOT);
  }
}
