package io.librarymesh.testkit.hostile;

import io.librarymesh.authz.JwkSet;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A key set is read or refused with a reason that repeats nothing of it; fetched ones hold no
 * secret.
 */
public final class KeySetFuzz {
  private KeySetFuzz() {}

  /** Reads one both ways. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Optional<JwkSet> configured = read(text, true);
    Optional<JwkSet> fetched = read(text, false);
    if (configured.isPresent() != fetched.isPresent()) {
      throw new AssertionError("one way it is a set, the other way it is none");
    }
    configured.ifPresent(set -> checkSize(text, set.size(), fetched.orElseThrow().size()));
  }

  private static void checkSize(String text, int configured, int fetched) {
    List<?> keys =
        StrictJson.object(text.getBytes(StandardCharsets.UTF_8))
                    .map(set -> set.get("keys"))
                    .orElse(List.of())
                instanceof List<?> l
            ? l
            : List.of();
    if (configured > keys.size() || fetched > configured) {
      throw new AssertionError(
          configured + " and " + fetched + " keys of " + keys.size() + ": " + text);
    }
    boolean secrets =
        keys.stream().anyMatch(key -> key.toString().contains("kty=oct")) || keys.isEmpty();
    if (!secrets && fetched != configured) {
      throw new AssertionError("a key that is no secret was left out");
    }
  }

  private static Optional<JwkSet> read(String text, boolean configured) {
    try {
      return Optional.of(configured ? JwkSet.ofConfiguration(text) : JwkSet.ofIssuer(text));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      if (message.length() > 100 || message.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new AssertionError("the message passes on what it was given", e);
      }
      return Optional.empty();
    }
  }
}
