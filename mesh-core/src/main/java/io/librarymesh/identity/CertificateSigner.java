package io.librarymesh.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * An authority that signs for this workload, such as Istio's {@code IstioCertificateService}. Any
 * thread; never waits.
 */
@FunctionalInterface
public interface CertificateSigner {
  /**
   * Asks for a certificate.
   *
   * @param request PKCS#10 in PEM
   * @param lifetime how long it shall be valid; the authority may give less
   * @return the certificate, or a failure whose message is fit for logs
   */
  CompletionStage<Signed> sign(String request, Duration lifetime);

  /**
   * What an authority answers.
   *
   * @param chain the workload's certificate, then its issuers below the root
   * @param roots of the workload's trust domain; more than one while they are replaced
   */
  record Signed(List<X509Certificate> chain, List<X509Certificate> roots) {
    /** Copies the lists. */
    public Signed {
      chain = List.copyOf(chain);
      roots = List.copyOf(roots);
    }
  }
}
