package io.librarymesh.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A workload's own certificate and key (SPIFFE X509-SVID). Immutable; prints no key.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X509-SVID</a>
 */
public final class X509Svid {
  private static final byte[] PROBE = {'m', 'e', 's', 'h'};

  private final SpiffeId id;
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private X509Svid(SpiffeId id, List<X509Certificate> chain, PrivateKey key) {
    this.id = id;
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /**
   * An SVID of a leaf, the intermediates above it, and the leaf's key.
   *
   * @throws SvidRefusedException if the leaf is none of a workload, or the key is not the leaf's
   */
  public static X509Svid of(List<X509Certificate> chain, PrivateKey key)
      throws SvidRefusedException {
    if (chain.isEmpty()) {
      throw new SvidRefusedException(
          SvidRefusal.NO_CERTIFICATE,
          "no certificate (expected: the workload's, then its issuers)");
    }
    SpiffeId id = SvidProfile.check(chain.get(0));
    checkPair(chain.get(0).getPublicKey(), key);
    return new X509Svid(id, chain, key);
  }

  /** Checks that a key is that of a certificate, whatever names it has. */
  static void requirePair(X509Certificate leaf, PrivateKey key) throws SvidRefusedException {
    checkPair(leaf.getPublicKey(), key);
  }

  private static void checkPair(PublicKey publicKey, PrivateKey key) throws SvidRefusedException {
    boolean pair;
    try {
      Signature signature = Signature.getInstance(algorithm(publicKey));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(PROBE);
      pair = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      pair = false;
    }
    if (!pair) {
      throw new SvidRefusedException(
          SvidRefusal.MALFORMED, "the private key is not that of the first certificate");
    }
  }

  private static String algorithm(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }

  /** Who the workload is. */
  public SpiffeId id() {
    return id;
  }

  /** The leaf first, then the intermediates; no root. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The workload's own certificate. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** The key of the leaf. Never goes to a log, a dump or another process. */
  public PrivateKey privateKey() {
    return key;
  }

  /** From when on it counts. */
  public Instant notBefore() {
    return leaf().getNotBefore().toInstant();
  }

  /** Until when it counts. */
  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  /** Identity, serial and expiry. */
  @Override
  public String toString() {
    return id + " (serial " + leaf().getSerialNumber().toString(16) + ", until " + notAfter() + ")";
  }
}
