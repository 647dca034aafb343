package io.librarymesh.identity;

/**
 * A namespace of identities with roots of its own, such as {@code cluster.local}.
 *
 * @param name 1 to 255 of {@code a-z 0-9 . - _} (SPIFFE-ID, section 2.1)
 */
public record TrustDomain(String name) implements Comparable<TrustDomain> {
  private static final int MAX_LENGTH = 255;

  /**
   * @throws IllegalArgumentException if the name is none of a trust domain
   */
  public TrustDomain {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "trust domain: " + name.length() + " characters (expected: 1 to 255)");
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isNameCharacter(name.charAt(i))) {
        throw new IllegalArgumentException(
            "trust domain: " + Printable.of(name) + " (expected: only a-z 0-9 . - _)");
      }
    }
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  }

  @Override
  public int compareTo(TrustDomain other) {
    return name.compareTo(other.name);
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
