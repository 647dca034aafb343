package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of how a server ends TLS (Istio's {@code validateTLSOptions}). */
final class ServerTlsRules {
  private static final int MOST_CERTIFICATES = 2;

  /** What BoringSSL has. Those of TLS 1.3 are always on and cannot be named. */
  private static final Set<String> CIPHER_SUITES =
      Set.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305",
          "ECDHE-ECDSA-AES128-SHA",
          "ECDHE-RSA-AES128-SHA",
          "ECDHE-ECDSA-AES256-SHA",
          "ECDHE-RSA-AES256-SHA",
          "AES128-GCM-SHA256",
          "AES256-GCM-SHA384",
          "AES128-SHA",
          "AES256-SHA");

  private ServerTlsRules() {}

  static void check(ServerTlsSettings tls, FieldPath path, ValueRules rules) {
    cipherSuites(tls.cipherSuites(), path.field("cipherSuites"), rules);
    if (checksClients(tls) && !tls.mode().asksForCertificates()) {
      rules
          .report()
          .suspicious(path, "checks of clients' certificates have no effect in mode " + tls.mode());
    }
    switch (tls.mode()) {
      case PASSTHROUGH, AUTO_PASSTHROUGH -> {
        if (hasCertificates(tls)) {
          rules.report().suspicious(path, "certificates have no effect in mode " + tls.mode());
        }
      }
      case ISTIO_MUTUAL -> {
        if (hasCertificates(tls)) {
          rules
              .report()
              .invalid(path, "certificates in mode ISTIO_MUTUAL (expected: none, the mesh's are)");
        }
      }
      case SIMPLE, MUTUAL, OPTIONAL_MUTUAL -> ended(tls, path, rules);
    }
  }

  private static boolean checksClients(ServerTlsSettings tls) {
    boolean authorities =
        tls.mode() == ServerTlsSettings.Mode.SIMPLE && !tls.caCertificates().isEmpty();
    return authorities
        || !tls.subjectAltNames().isEmpty()
        || !tls.verifyCertificateSpki().isEmpty()
        || !tls.verifyCertificateHash().isEmpty()
        || tls.insecureSkipVerify().isPresent();
  }

  private static boolean hasCertificates(ServerTlsSettings tls) {
    return !tls.certificates().isEmpty()
        || tls.needsSecrets()
        || !tls.caCertificates().isEmpty()
        || !tls.caCrl().isEmpty();
  }

  private static void ended(ServerTlsSettings tls, FieldPath path, ValueRules rules) {
    boolean secret = !tls.credentialNames().isEmpty();
    if (tls.certificates().isEmpty() && !secret) {
      rules.missing(path, "serverCertificate and privateKey, or credentialName");
    }
    atMostTwo(tls.certificates(), path.field("tlsCertificates"), rules);
    atMostTwo(tls.credentialNames(), path.field("credentialNames"), rules);
    for (int i = 0; i < tls.certificates().size(); i++) {
      FieldPath listed = path.field("tlsCertificates").index(i);
      pair(tls.certificates().get(i), rules.report().isWritten(listed) ? listed : path, rules);
    }
    if (tls.mode().asksForCertificates()
        && tls.caCertificates().isEmpty()
        && tls.caCertCredentialName().isEmpty()
        && !secret) {
      rules.missing(
          path.field("caCertificates"),
          "the authorities of the clients' certificates, as the mode is " + tls.mode());
    }
    if (!tls.caCrl().isEmpty() && (secret || tls.mode() == ServerTlsSettings.Mode.SIMPLE)) {
      rules
          .report()
          .invalid(
              path.field("caCrl"),
              (secret ? "beside a credential" : "in mode SIMPLE")
                  + " (expected: none, or mode MUTUAL with caCertificates)");
    }
  }

  private static void pair(
      ServerTlsSettings.Certificate certificate, FieldPath path, ValueRules rules) {
    if (certificate.serverCertificate().isEmpty()) {
      rules.missing(path.field("serverCertificate"), "the path of the certificate of the key");
    }
    if (certificate.privateKey().isEmpty()) {
      rules.missing(path.field("privateKey"), "the path of the key of the certificate");
    }
  }

  private static void atMostTwo(List<?> entries, FieldPath path, ValueRules rules) {
    if (entries.size() > MOST_CERTIFICATES) {
      rules.invalid(path, entries.size(), "at most " + MOST_CERTIFICATES + ", RSA and ECDSA");
    }
  }

  private static void cipherSuites(List<String> suites, FieldPath path, ValueRules rules) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < suites.size(); i++) {
      String suite = suites.get(i);
      if (!CIPHER_SUITES.contains(suite)) {
        rules.report().suspicious(path.index(i), suite + ": no such cipher suite, passed over");
      } else if (!seen.add(suite)) {
        rules.report().suspicious(path.index(i), suite + " is said twice");
      }
    }
  }

  /** The suites that there are, each once, in the order in which they were written. */
  static List<String> known(List<String> suites) {
    return suites.stream().filter(CIPHER_SUITES::contains).distinct().toList();
  }
}
