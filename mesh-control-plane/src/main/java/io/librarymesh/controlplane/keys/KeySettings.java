package io.librarymesh.controlplane.keys;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Whether and from where keys are fetched.
 *
 * @param fetching whether they are; else servers are told where they are, and have them from
 *     elsewhere or refuse the tokens
 * @param insecureHttp whether {@code http} URIs are called, too: whoever is on the way can put keys
 *     of his own in
 * @param insecurePrivateAddresses whether this machine and private networks are called, too:
 *     whoever writes rules can have the control plane call what only it reaches
 * @param roots authorities of HTTPS servers besides those of the JDK
 */
public record KeySettings(
    boolean fetching,
    boolean insecureHttp,
    boolean insecurePrivateAddresses,
    List<X509Certificate> roots) {

  /** Fetched over HTTPS from public addresses, as the JDK's authorities say. */
  public static final KeySettings DEFAULT = new KeySettings(true, false, false, List.of());

  /** Nothing is fetched. */
  public static final KeySettings LEFT_TO_SERVERS = new KeySettings(false, false, false, List.of());

  /** Copies the list. */
  public KeySettings {
    roots = List.copyOf(roots);
  }
}
