package io.librarymesh.cli;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code meshctl identity} has found out.
 *
 * @param id empty when the certificate names nobody
 * @param verdict one line
 * @param problems why it is refused; empty when it is not
 */
record IdentityText(
    String id, String verdict, List<X509Certificate> chain, List<String> problems, Instant now) {

  /** For people. */
  String table() {
    X509Certificate leaf = chain.get(0);
    StringBuilder out = new StringBuilder();
    Table facts = new Table();
    facts.row("identity", id.isEmpty() ? "none" : id);
    facts.row("verdict", verdict);
    problems.forEach(problem -> facts.row("", problem));
    facts.row(
        "valid",
        leaf.getNotBefore().toInstant() + " to " + leaf.getNotAfter().toInstant() + ", " + left());
    facts.row("key", key(leaf));
    out.append(facts.text("")).append('\n');
    Table certificates = new Table().row("CERTIFICATE", "SERIAL", "UNTIL", "ISSUER");
    for (int i = 0; i < chain.size(); i++) {
      X509Certificate certificate = chain.get(i);
      certificates.row(
          i == 0 && !id.isEmpty() ? id : certificate.getSubjectX500Principal().getName(),
          certificate.getSerialNumber().toString(16),
          certificate.getNotAfter().toInstant().toString(),
          certificate.getIssuerX500Principal().getName());
    }
    return out.append(certificates.text("")).toString();
  }

  private String left() {
    Instant from = chain.get(0).getNotBefore().toInstant();
    Instant until = chain.get(0).getNotAfter().toInstant();
    if (now.isAfter(until)) {
      return "expired " + words(Duration.between(until, now)) + " ago";
    }
    if (now.isBefore(from)) {
      return "not valid for another " + words(Duration.between(now, from));
    }
    return words(Duration.between(now, until)) + " left";
  }

  private static String words(Duration duration) {
    if (duration.toDays() > 1) {
      return duration.toDays() + " days";
    }
    if (duration.toHours() > 1) {
      return duration.toHours() + " h";
    }
    return duration.toMinutes() > 1 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
  }

  /** Such as {@code EC 256} or {@code RSA 2048}. */
  static String key(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    if (key instanceof RSAPublicKey rsa) {
      return "RSA " + rsa.getModulus().bitLength();
    } else if (key instanceof ECPublicKey ec) {
      return "EC " + ec.getParams().getCurve().getField().getFieldSize();
    }
    return key.getAlgorithm();
  }

  /** For machines. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("identity", id);
    json.put("verdict", verdict);
    json.put("problems", problems);
    json.put(
        "secondsLeft", Duration.between(now, chain.get(0).getNotAfter().toInstant()).toSeconds());
    json.put("chain", chain.stream().map(IdentityText::json).toList());
    return json;
  }

  /** What is known of one certificate, for machines. */
  private static Map<String, Object> json(X509Certificate certificate) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("subject", certificate.getSubjectX500Principal().getName());
    json.put("issuer", certificate.getIssuerX500Principal().getName());
    json.put("serial", certificate.getSerialNumber().toString(16));
    json.put("key", key(certificate));
    json.put("notBefore", certificate.getNotBefore().toInstant().toString());
    json.put("notAfter", certificate.getNotAfter().toInstant().toString());
    return json;
  }
}
