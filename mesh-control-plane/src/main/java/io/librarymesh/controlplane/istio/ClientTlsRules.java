package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Rules of {@code tls} in a traffic policy. */
final class ClientTlsRules {
  private static final String CONFIG_MAP = "configmap://";

  private ClientTlsRules() {}

  static void check(ClientTlsSettings tls, String namespace, FieldPath path, ValueRules rules) {
    if (tls.mode() == ClientTlsSettings.Mode.MUTUAL && tls.credentialName().isEmpty()) {
      required(tls.clientCertificate(), path.field("clientCertificate"), rules);
      required(tls.privateKey(), path.field("privateKey"), rules);
    }
    if (tls.credentialName().isPresent()) {
      String with = "together with credentialName (expected: one of them)";
      absent(tls.clientCertificate(), path.field("clientCertificate"), with, rules);
      absent(tls.privateKey(), path.field("privateKey"), with, rules);
      absent(tls.caCertificates(), path.field("caCertificates"), with, rules);
      absent(tls.caCrl(), path.field("caCrl"), with, rules);
      configMap(tls.credentialName().get(), namespace, path.field("credentialName"), rules);
    }
    if (tls.insecureSkipVerify()) {
      unchecked(tls, path, rules);
    }
  }

  private static void unchecked(ClientTlsSettings tls, FieldPath path, ValueRules rules) {
    String with = "together with insecureSkipVerify, which checks nothing (expected: one of them)";
    absent(tls.caCertificates(), path.field("caCertificates"), with, rules);
    if (!tls.subjectAltNames().isEmpty()) {
      rules.report().invalid(path.field("subjectAltNames"), with);
    }
    if (tls.mode() == ClientTlsSettings.Mode.SIMPLE) {
      absent(tls.credentialName(), path.field("credentialName"), with, rules);
    }
  }

  private static void configMap(
      String credential, String namespace, FieldPath path, ValueRules rules) {
    if (!credential.startsWith(CONFIG_MAP)) {
      return;
    }
    String name = credential.substring(CONFIG_MAP.length());
    int slash = name.indexOf('/');
    if (slash >= 0 && !name.substring(0, slash).equals(namespace)) {
      rules.invalid(path, credential, "a ConfigMap of namespace " + namespace);
    }
  }

  private static void required(Optional<String> file, FieldPath path, ValueRules rules) {
    if (file.isEmpty()) {
      rules.missing(path, "a file for mode MUTUAL; for the mesh's own certificates, ISTIO_MUTUAL");
    }
  }

  private static void absent(
      Optional<String> value, FieldPath path, String message, ValueRules rules) {
    if (value.isPresent()) {
      rules.report().invalid(path, message);
    }
  }
}
