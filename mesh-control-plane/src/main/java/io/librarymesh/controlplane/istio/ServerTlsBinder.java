package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;

/** Reads how a server ends TLS. */
final class ServerTlsBinder {
  private ServerTlsBinder() {}

  static ServerTlsSettings bind(Fields tls) {
    List<String> sources = new ArrayList<>();
    List<ServerTlsSettings.Certificate> certificates = new ArrayList<>();
    if (tls.has("serverCertificate") || tls.has("privateKey")) {
      sources.add("serverCertificate");
      certificates.add(certificate(tls));
    }
    if (tls.has("tlsCertificates")) {
      sources.add("tlsCertificates");
      certificates.addAll(tls.messages("tlsCertificates", ServerTlsBinder::listed));
    }
    List<String> credentials = new ArrayList<>();
    tls.text("credentialName")
        .ifPresent(
            name -> {
              sources.add("credentialName");
              credentials.add(name);
            });
    if (tls.has("credentialNames")) {
      sources.add("credentialNames");
      credentials.addAll(tls.texts("credentialNames"));
    }
    if (sources.size() > 1) {
      tls.refuse(String.join(" and ", sources) + " together (expected: one of them)");
    }
    return settings(tls, certificates, credentials);
  }

  private static ServerTlsSettings settings(
      Fields tls, List<ServerTlsSettings.Certificate> certificates, List<String> credentials) {
    return new ServerTlsSettings(
        tls.flag("httpsRedirect"),
        tls.choice("mode", ServerTlsSettings.Mode.class).orElse(ServerTlsSettings.Mode.PASSTHROUGH),
        certificates,
        credentials,
        tls.textOrEmpty("caCertificates"),
        tls.textOrEmpty("caCertCredentialName"),
        tls.textOrEmpty("caCrl"),
        tls.texts("subjectAltNames"),
        tls.texts("verifyCertificateSpki"),
        tls.texts("verifyCertificateHash"),
        version(tls, "minProtocolVersion"),
        version(tls, "maxProtocolVersion"),
        tls.texts("cipherSuites"),
        tls.optionalFlag("insecureSkipVerify"));
  }

  private static ServerTlsSettings.Certificate listed(Fields entry) {
    entry.skip("caCertificates");
    return certificate(entry);
  }

  private static ServerTlsSettings.Certificate certificate(Fields fields) {
    return new ServerTlsSettings.Certificate(
        fields.textOrEmpty("serverCertificate"), fields.textOrEmpty("privateKey"));
  }

  private static ServerTlsSettings.ProtocolVersion version(Fields tls, String name) {
    return tls.choice(name, ServerTlsSettings.ProtocolVersion.class)
        .orElse(ServerTlsSettings.ProtocolVersion.TLS_AUTO);
  }
}
