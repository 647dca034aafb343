package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of an issuer, from a JSON Web Key Set (RFC 7517). Keys of unknown kinds, and weak or
 * broken ones, are left out, so that a set goes on to work when its owner adds what we do not know.
 * Immutable; never shows its keys.
 */
public final class JwkSet {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_KEYS = 100;

  private final List<Jwk> keys;

  private JwkSet(List<Jwk> keys) {
    this.keys = keys;
  }

  /**
   * Reads a set of somebody who is trusted to hold secrets: one that is written in configuration.
   *
   * @throws IllegalArgumentException if the text is no set; the message repeats nothing of it
   */
  public static JwkSet ofConfiguration(String json) {
    return new JwkSet(read(json));
  }

  /**
   * Reads a set that was fetched. Keys that are secrets do not count: whoever could fetch them
   * could sign with them, too.
   *
   * @throws IllegalArgumentException if the text is no set; the message repeats nothing of it
   */
  public static JwkSet ofIssuer(String json) {
    return new JwkSet(read(json).stream().filter(key -> !key.isSecret()).toList());
  }

  private static List<Jwk> read(String json) {
    if (json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new IllegalArgumentException("JWKS: too large (expected: at most 1 MiB)");
    }
    Metadata set = JsonText.object(json);
    if (!(set.values().get("keys") instanceof MetadataValue.Items items)) {
      throw new IllegalArgumentException("JWKS: no keys (expected: a list)");
    } else if (items.values().size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "JWKS: " + items.values().size() + " keys (expected: at most " + MAX_KEYS + ")");
    }
    List<Jwk> keys = new ArrayList<>();
    for (MetadataValue item : items.values()) {
      if (item instanceof MetadataValue.Fields fields) {
        Jwk.read(fields.fields()).ifPresent(keys::add);
      }
    }
    return List.copyOf(keys);
  }

  /** How many keys can verify something. */
  public int size() {
    return keys.size();
  }

  /** Verifies the signature of a token: by the key it names, else by any that fits. */
  JwtStatus verify(Jwt jwt) {
    if (keys.isEmpty()) {
      return JwtStatus.NO_VALID_KEY;
    }
    byte[] signature = Base64Url.decode(jwt.signature());
    byte[] signed = jwt.signed().getBytes(StandardCharsets.US_ASCII);
    boolean tried = false;
    for (Jwk key : keys) {
      if ((jwt.kid().isEmpty() || jwt.kid().equals(key.id())) && jwt.algorithm().fits(key)) {
        tried = true;
        if (signature != null && jwt.algorithm().verifies(key.key(), signed, signature)) {
          return JwtStatus.OK;
        }
      }
    }
    return tried ? JwtStatus.VERIFICATION_FAILED : JwtStatus.NO_MATCHING_KEY;
  }

  @Override
  public String toString() {
    return "JwkSet[" + keys.size() + " keys]";
  }
}
