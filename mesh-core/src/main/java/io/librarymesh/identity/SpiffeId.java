package io.librarymesh.identity;

import java.util.Optional;

/**
 * The name of a workload: {@code spiffe://TRUST_DOMAIN/PATH} (SPIFFE-ID, sections 2.1 to 2.3).
 *
 * @param path empty for the trust domain itself; else segments of {@code A-Z a-z 0-9 . - _}, each
 *     after a slash, none of them empty, {@code .} or {@code ..}
 */
public record SpiffeId(TrustDomain trustDomain, String path) {
  private static final String SCHEME = "spiffe://";
  private static final int MAX_LENGTH = 2048;

  /**
   * @throws IllegalArgumentException if the path is none of a SPIFFE ID
   */
  public SpiffeId {
    checkPath(path);
    int length = SCHEME.length() + trustDomain.name().length() + path.length();
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "SPIFFE ID: " + length + " characters (expected: at most " + MAX_LENGTH + ")");
    }
  }

  /**
   * Reads the text form. Scheme and trust domain may be written in upper case, the path counts as
   * it is written.
   *
   * @throws IllegalArgumentException if it is no SPIFFE ID; the message says why
   */
  public static SpiffeId parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "SPIFFE ID: " + text.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    if (text.length() < SCHEME.length()
        || !lower(text.substring(0, SCHEME.length())).equals(SCHEME)) {
      throw new IllegalArgumentException(
          "SPIFFE ID: " + Printable.of(text) + " (expected: spiffe://TRUST_DOMAIN/PATH)");
    }
    int slash = text.indexOf('/', SCHEME.length());
    int end = slash < 0 ? text.length() : slash;
    String domain = text.substring(SCHEME.length(), end);
    return new SpiffeId(new TrustDomain(lower(domain)), text.substring(end));
  }

  /** Of ASCII alone: to the JDK the sign of Kelvin is a {@code K}, and the long s an {@code S}. */
  private static String lower(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      if (chars[i] >= 'A' && chars[i] <= 'Z') {
        chars[i] = (char) (chars[i] - 'A' + 'a');
      }
    }
    return new String(chars);
  }

  /** The identity that Istio gives a service account: {@code /ns/NAMESPACE/sa/ACCOUNT}. */
  public static SpiffeId ofServiceAccount(
      TrustDomain trustDomain, String namespace, String account) {
    return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + account);
  }

  /** Namespace and service account, when the path is {@code /ns/NAMESPACE/sa/ACCOUNT}. */
  public Optional<ServiceAccount> serviceAccount() {
    String[] segments = path.split("/", -1);
    return segments.length == 5 && segments[1].equals("ns") && segments[3].equals("sa")
        ? Optional.of(new ServiceAccount(segments[2], segments[4]))
        : Optional.empty();
  }

  /** Whether it names a workload, and not the trust domain as a whole. */
  public boolean namesWorkload() {
    return !path.isEmpty();
  }

  private static void checkPath(String path) {
    if (path.isEmpty()) {
      return;
    }
    if (path.charAt(0) != '/') {
      throw new IllegalArgumentException(
          "SPIFFE ID: path " + Printable.of(path) + " (expected: a slash before each segment)");
    }
    int start = 1;
    for (int i = 1; i <= path.length(); i++) {
      if (i == path.length() || path.charAt(i) == '/') {
        checkSegment(path, start, i);
        start = i + 1;
      } else if (!isSegmentCharacter(path.charAt(i))) {
        throw new IllegalArgumentException(
            "SPIFFE ID: path "
                + Printable.of(path)
                + " (expected: only A-Z a-z 0-9 . - _ between slashes)");
      }
    }
  }

  private static void checkSegment(String path, int start, int end) {
    String segment = path.substring(start, end);
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException(
          "SPIFFE ID: path "
              + Printable.of(path)
              + " (expected: no segment that is empty, '.' or '..')");
    }
  }

  private static boolean isSegmentCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_';
  }

  /** {@code spiffe://TRUST_DOMAIN/PATH}. */
  @Override
  public String toString() {
    return SCHEME + trustDomain.name() + path;
  }

  /**
   * A service account of Kubernetes or Istio.
   *
   * @param namespace not empty
   * @param name not empty
   */
  public record ServiceAccount(String namespace, String name) {}
}
