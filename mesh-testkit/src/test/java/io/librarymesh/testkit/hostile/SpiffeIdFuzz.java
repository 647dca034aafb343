package io.librarymesh.testkit.hostile;

import io.librarymesh.identity.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Names of workloads are those of the grammar, and no others (SPIFFE-ID, section 2). */
public final class SpiffeIdFuzz {
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String DOMAIN = LOWER + "0123456789.-_";
  private static final String SEGMENT = DOMAIN + UPPER;

  private SpiffeIdFuzz() {}

  /** Once as bytes, once as UTF-8. */
  public static void fuzzerTestOneInput(byte[] input) {
    check(new String(input, StandardCharsets.ISO_8859_1));
    check(new String(input, StandardCharsets.UTF_8));
  }

  static void check(String text) {
    Optional<String> expected = grammar(text);
    Optional<String> actual = read(text);
    if (!expected.equals(actual)) {
      throw new AssertionError("'" + text + "': " + actual + " (expected: " + expected + ")");
    }
    if (actual.isPresent() && !read(actual.get()).equals(actual)) {
      throw new AssertionError("'" + text + "': is another one when it is written and read");
    }
  }

  private static Optional<String> read(String text) {
    try {
      return Optional.of(SpiffeId.parse(text).toString());
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      if (message.length() > 900 || message.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new AssertionError("the message passes on what it was given", e);
      }
      return Optional.empty();
    }
  }

  /** The normal form that the standard gives a text, by the letter of it. */
  private static Optional<String> grammar(String text) {
    if (text.length() > 2048
        || text.length() < 9
        || !lower(text.substring(0, 9)).equals("spiffe://")) {
      return Optional.empty();
    }
    String[] parts = text.substring(9).split("/", -1);
    String domain = lower(parts[0]);
    boolean good = isOf(DOMAIN, domain) && domain.length() <= 255;
    for (int i = 1; i < parts.length; i++) {
      good &= isOf(SEGMENT, parts[i]) && !parts[i].equals(".") && !parts[i].equals("..");
    }
    return good
        ? Optional.of("spiffe://" + domain + text.substring(9 + domain.length()))
        : Optional.empty();
  }

  private static boolean isOf(String alphabet, String word) {
    return !word.isEmpty() && word.chars().allMatch(c -> alphabet.indexOf(c) >= 0);
  }

  private static String lower(String text) {
    StringBuilder lower = new StringBuilder();
    text.chars()
        .forEach(
            c -> lower.append(UPPER.indexOf(c) < 0 ? (char) c : LOWER.charAt(UPPER.indexOf(c))));
    return lower.toString();
  }
}
