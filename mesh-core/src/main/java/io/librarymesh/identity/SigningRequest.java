package io.librarymesh.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.Optional;

/**
 * A request for a certificate (PKCS#10, RFC 2986): the public key, and the SPIFFE ID that its
 * holder believes to have. Who he is decides the authority. Signed with the private key, which
 * stays here.
 */
final class SigningRequest {
  private static final byte[] EXTENSION_REQUEST = Der.oid(1, 2, 840, 113549, 1, 9, 14);
  private static final byte[] SUBJECT_ALTERNATIVE_NAME = Der.oid(2, 5, 29, 17);
  private static final int URI_NAME = 6;
  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] RSA_SHA256 =
      Der.sequence(Der.oid(1, 2, 840, 113549, 1, 1, 11), Der.NULL);

  private SigningRequest() {}

  /** As PEM. */
  static String of(KeyPair keys, Optional<SpiffeId> id) throws GeneralSecurityException {
    byte[] attributes = id.map(SigningRequest::attributes).orElse(new byte[0]);
    byte[] information =
        Der.sequence(
            Der.ZERO, Der.sequence(), keys.getPublic().getEncoded(), Der.explicit(0, attributes));
    boolean rsa = keys.getPublic().getAlgorithm().equals("RSA");
    byte[] request =
        Der.sequence(
            information,
            rsa ? RSA_SHA256 : ECDSA_SHA256,
            Der.bits(
                signature(
                    rsa ? "SHA256withRSA" : "SHA256withECDSA", keys.getPrivate(), information)));
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(request)
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }

  private static byte[] attributes(SpiffeId id) {
    byte[] names = Der.sequence(Der.implicit(URI_NAME, id.toString()));
    byte[] extension = Der.sequence(SUBJECT_ALTERNATIVE_NAME, Der.TRUE, Der.octets(names));
    return Der.sequence(EXTENSION_REQUEST, Der.set(Der.sequence(extension)));
  }

  private static byte[] signature(String algorithm, PrivateKey key, byte[] content)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(content);
    return signature.sign();
  }
}
