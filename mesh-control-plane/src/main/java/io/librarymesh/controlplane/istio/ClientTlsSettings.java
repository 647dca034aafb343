package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * How a client connects with TLS; Istio's {@code ClientTLSSettings}.
 *
 * @param mode kind of TLS; DISABLE when none was written
 * @param clientCertificate path of the client's certificate
 * @param privateKey path of the client's key
 * @param caCertificates path of the trusted certificates; absent means the system's
 * @param caCrl path of a revocation list
 * @param credentialName a secret instead of paths
 * @param subjectAltNames names of which the server's certificate must carry one
 * @param sni the server name to send
 * @param insecureSkipVerify whether the server's certificate is not checked
 */
public record ClientTlsSettings(
    Mode mode,
    Optional<String> clientCertificate,
    Optional<String> privateKey,
    Optional<String> caCertificates,
    Optional<String> caCrl,
    Optional<String> credentialName,
    List<String> subjectAltNames,
    Optional<String> sni,
    boolean insecureSkipVerify) {

  /** Copies the list. */
  public ClientTlsSettings {
    subjectAltNames = List.copyOf(subjectAltNames);
  }

  /** Istio's {@code TLSmode}. */
  public enum Mode {
    DISABLE,
    SIMPLE,
    MUTUAL,
    ISTIO_MUTUAL
  }
}
