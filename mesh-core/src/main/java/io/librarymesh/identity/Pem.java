package io.librarymesh.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads PEM (RFC 7468): certificates, PKCS#8 keys, lists of revocations. Text around the blocks is
 * passed over. Messages never quote what was read, since it may be a key.
 */
public final class Pem {
  /** More than any chain or bundle that is meant. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_BLOCKS = 1000;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");

  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "EdDSA");

  private Pem() {}

  /** Base64 stays text until it is wanted. */
  private record Block(String label, String base64) {
    ByteArrayInputStream stream(String what) throws CertificateException {
      return new ByteArrayInputStream(bytes(what));
    }

    byte[] bytes(String what) throws CertificateException {
      try {
        return Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
      } catch (IllegalArgumentException e) {
        throw new CertificateException(what + ": a " + label + " is not Base64", e);
      }
    }
  }

  /**
   * The certificates of a text, in their order.
   *
   * @param what stands in the message of an exception, such as a file's name
   * @throws CertificateException if there is none, or one cannot be read
   */
  public static List<X509Certificate> certificates(String what, String text)
      throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(what, text)) {
      if (block.label().equals("CERTIFICATE")) {
        try {
          certificates.add((X509Certificate) factory.generateCertificate(block.stream(what)));
        } catch (CertificateException e) {
          throw new CertificateException(
              what + ": certificate " + (certificates.size() + 1) + " cannot be read", e);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException(
          what + ": no certificate (expected: -----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  /**
   * The private key of a text.
   *
   * @param what stands in the message of an exception, such as a file's name
   * @throws CertificateException if there is not exactly one, or it is none of PKCS#8
   */
  public static PrivateKey privateKey(String what, String text) throws CertificateException {
    Block found = null;
    for (Block block : blocks(what, text)) {
      if (block.label().endsWith("PRIVATE KEY")) {
        if (found != null) {
          throw new CertificateException(what + ": several private keys (expected: one)");
        }
        found = block;
      }
    }
    if (found == null) {
      throw new CertificateException(
          what + ": no private key (expected: -----BEGIN PRIVATE KEY-----)");
    }
    if (!found.label().equals("PRIVATE KEY")) {
      throw new CertificateException(
          what
              + ": a key of the form "
              + found.label()
              + " (expected: PRIVATE KEY, which is PKCS#8 without a password; 'openssl pkcs8"
              + " -topk8 -nocrypt' makes it)");
    }
    return key(what, new PKCS8EncodedKeySpec(found.bytes(what)));
  }

  private static PrivateKey key(String what, PKCS8EncodedKeySpec encoded)
      throws CertificateException {
    for (String kind : KEY_KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(encoded);
      } catch (GeneralSecurityException e) {
        // Of another kind, then; which one it is stands inside and is not worth a parser.
      }
    }
    throw new CertificateException(what + ": a key of no known kind (expected: RSA, EC or EdDSA)");
  }

  /**
   * The lists of revocations of a text; may be none.
   *
   * @param what stands in the message of an exception, such as a file's name
   * @throws CertificateException if one cannot be read
   */
  public static List<X509CRL> revocations(String what, String text) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509CRL> lists = new ArrayList<>();
    for (Block block : blocks(what, text)) {
      if (block.label().equals("X509 CRL")) {
        try {
          lists.add((X509CRL) factory.generateCRL(block.stream(what)));
        } catch (CRLException e) {
          throw new CertificateException(
              what + ": list of revocations " + (lists.size() + 1) + " cannot be read", e);
        }
      }
    }
    return lists;
  }

  private static List<Block> blocks(String what, String text) throws CertificateException {
    if (text.length() > MAX_BYTES) {
      throw new CertificateException(what + ": longer than " + MAX_BYTES + " characters");
    }
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (blocks.size() == MAX_BLOCKS) {
        throw new CertificateException(what + ": more than " + MAX_BLOCKS + " blocks");
      }
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }
}
