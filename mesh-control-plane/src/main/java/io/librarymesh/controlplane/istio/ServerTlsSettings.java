package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * How a server ends TLS, or lets it through; Istio's {@code ServerTLSSettings}. Paths are of files
 * on the server's own machine.
 *
 * @param httpsRedirect whether plain HTTP is answered with a redirect to https
 * @param mode what becomes of TLS
 * @param certificates the server's own, one or several as they were written
 * @param credentialNames secrets that hold the server's own, one or several as they were written
 * @param caCertificates path of the authorities that clients' certificates are checked with; may be
 *     empty
 * @param caCertCredentialName a secret that holds these; may be empty
 * @param caCrl path of a list of revoked certificates; may be empty
 * @param subjectAltNames names of which a client's certificate has to have one; empty means any
 * @param verifyCertificateSpki base64 of SHA-256 of public keys that clients may have
 * @param verifyCertificateHash hexadecimal SHA-256 of certificates that clients may have
 * @param minProtocolVersion the lowest version
 * @param maxProtocolVersion the highest version
 * @param cipherSuites in the order of preference; empty means those of the server
 * @param insecureSkipVerify whether a client's certificate that proves nothing is let through
 */
public record ServerTlsSettings(
    boolean httpsRedirect,
    Mode mode,
    List<Certificate> certificates,
    List<String> credentialNames,
    String caCertificates,
    String caCertCredentialName,
    String caCrl,
    List<String> subjectAltNames,
    List<String> verifyCertificateSpki,
    List<String> verifyCertificateHash,
    ProtocolVersion minProtocolVersion,
    ProtocolVersion maxProtocolVersion,
    List<String> cipherSuites,
    Optional<Boolean> insecureSkipVerify) {

  /** Copies the lists. */
  public ServerTlsSettings {
    certificates = List.copyOf(certificates);
    credentialNames = List.copyOf(credentialNames);
    subjectAltNames = List.copyOf(subjectAltNames);
    verifyCertificateSpki = List.copyOf(verifyCertificateSpki);
    verifyCertificateHash = List.copyOf(verifyCertificateHash);
    cipherSuites = List.copyOf(cipherSuites);
  }

  /** What becomes of TLS; Istio's {@code TLSmode}. */
  public enum Mode {
    /** It is not ended: the server name says where it goes. */
    PASSTHROUGH,
    SIMPLE,
    /** Clients have to have a certificate. */
    MUTUAL,
    /** As {@link #PASSTHROUGH}, by the names that clients of the mesh make up. */
    AUTO_PASSTHROUGH,
    /** As {@link #MUTUAL}, with the certificates of the mesh. */
    ISTIO_MUTUAL,
    /** A client's certificate is asked for and checked where there is one. */
    OPTIONAL_MUTUAL;

    /** Whether the encrypted bytes go on as they are. */
    public boolean isPassthrough() {
      return this == PASSTHROUGH || this == AUTO_PASSTHROUGH;
    }

    /** Whether clients are asked for a certificate that {@code caCertificates} signed. */
    public boolean asksForCertificates() {
      return this == MUTUAL || this == OPTIONAL_MUTUAL;
    }
  }

  /** A version of TLS; Istio's {@code TLSProtocol}. */
  public enum ProtocolVersion {
    TLS_AUTO,
    TLSV1_0,
    TLSV1_1,
    TLSV1_2,
    TLSV1_3
  }

  /**
   * A certificate with its key; Istio's {@code TLSCertificate}.
   *
   * @param serverCertificate path of the chain; empty when it was not written
   * @param privateKey path of the key; empty when it was not written
   */
  public record Certificate(String serverCertificate, String privateKey) {}

  /** Those of {@link #cipherSuites} that there are, each once. */
  public List<String> knownCipherSuites() {
    return ServerTlsRules.known(cipherSuites);
  }

  /** Whether secrets are named, which the server would have to be handed. */
  public boolean needsSecrets() {
    return !credentialNames.isEmpty() || !caCertCredentialName.isEmpty();
  }
}
