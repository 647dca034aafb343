package io.librarymesh.config;

import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import java.util.List;

/**
 * Mutual TLS as a server speaks it: a caller without a certificate is refused. Source: Envoy {@code
 * transport_sockets.tls.v3.DownstreamTlsContext}.
 *
 * @param certificate what is presented to callers; never none
 * @param trust whose signature the certificate of a caller must have
 * @param names who callers may be: one of these must be among the names of the certificate; empty:
 *     anybody with a certificate that is trusted
 * @param alpn the protocols that the server speaks, the preferred one first; may be empty
 * @param oldest the oldest version of TLS that is spoken
 * @param newest the newest version of TLS that is spoken; not older than {@code oldest}
 */
public record InboundTls(
    Certificate certificate,
    Trust trust,
    List<SubjectAltName> names,
    List<String> alpn,
    Version oldest,
    Version newest) {
  /**
   * @throws IllegalArgumentException if there is no certificate, or the newest version is older
   *     than the oldest one
   */
  public InboundTls {
    names = List.copyOf(names);
    alpn = List.copyOf(alpn);
    if (certificate instanceof Certificate.None) {
      throw new IllegalArgumentException("certificate: none (expected: one)");
    }
    if (oldest.compareTo(newest) > 0) {
      throw new IllegalArgumentException(
          "oldest: " + oldest + " (expected: not above " + newest + ")");
    }
  }
}
