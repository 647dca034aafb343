package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The attributes that conditions of an AuthorizationPolicy may be about, and their values. */
final class AuthorizationAttributes {
  private static final Set<String> PLAIN =
      Set.of(
          "source.ip",
          "remote.ip",
          "source.namespace",
          "source.principal",
          "source.serviceAccount",
          "source.trustDomain",
          "request.auth.principal",
          "request.auth.audiences",
          "request.auth.presenter",
          "destination.ip",
          "destination.port",
          "connection.sni");

  /** What Istio had once. */
  private static final Set<String> GONE =
      Set.of("destination.labels", "destination.name", "destination.namespace", "destination.user");

  private static final Pattern HEADER = Pattern.compile("request\\.headers\\[([^\\[\\]]+)]");
  private static final Pattern CLAIM =
      Pattern.compile("request\\.auth\\.claims(?:\\[[^\\[\\]]+])+");
  private static final Pattern METADATA =
      Pattern.compile("experimental\\.envoy\\.filters\\.[^\\[\\]]+\\[[^\\[\\]]+]");
  private static final Pattern ACCOUNT = Pattern.compile("(?:[^/*\\s]+/)?[^/*\\s]+");
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[^/*\\s]*\\*?[^/*\\s]*");
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
  private static final int HIGHEST_PORT = 65_535;

  private AuthorizationAttributes() {}

  /** Whether there is such an attribute; otherwise it is reported. */
  static boolean key(FieldPath path, String key, ValueRules rules) {
    if (GONE.contains(key.replaceFirst("\\[.*", ""))) {
      rules.invalid(path, key, "not an attribute of the destination: a selector says what it is");
      return false;
    }
    if (HEADER.matcher(key).matches()) {
      String header = key.substring(key.indexOf('[') + 1, key.length() - 1);
      if (!Names.isHeaderName(header.startsWith(":") ? header.substring(1) : header)) {
        rules.invalid(path, key, "the name of a header in brackets");
        return false;
      }
      return true;
    }
    if (PLAIN.contains(key) || CLAIM.matcher(key).matches() || METADATA.matcher(key).matches()) {
      return true;
    }
    rules
        .report()
        .invalid(
            path,
            Quoting.quote(key)
                + " (expected: an attribute such as request.headers[NAME])"
                + Spelling.hint(key, List.copyOf(PLAIN)));
    return false;
  }

  /** Whether it is about who calls, by certificate or token. */
  static boolean isOfIdentity(String key) {
    return key.startsWith("request.auth.")
        || (key.startsWith("source.") && !key.equals("source.ip"));
  }

  static void value(String key, FieldPath path, String value, ValueRules rules) {
    switch (key) {
      case "source.ip", "remote.ip", "destination.ip" -> address(path, value, rules);
      case "destination.port" -> port(path, value, rules);
      case "source.serviceAccount" -> account(path, value, rules);
      case "source.trustDomain" -> trustDomain(path, value, rules);
      default -> {
        if (value.isEmpty()) {
          rules.invalid(path, "''", "a value that is not empty");
        }
      }
    }
  }

  static void address(FieldPath path, String value, ValueRules rules) {
    if (!value.isEmpty() && !Names.isIpOrCidr(value)) {
      rules.invalid(path, value, "an IP address or a block such as 10.0.0.0/8");
    }
  }

  static void port(FieldPath path, String value, ValueRules rules) {
    if (!value.isEmpty()
        && (!PORT.matcher(value).matches() || Integer.parseInt(value) > HIGHEST_PORT)) {
      rules.invalid(path, value, "a port from 1 to 65535");
    }
  }

  static void account(FieldPath path, String value, ValueRules rules) {
    if (!value.isEmpty() && !ACCOUNT.matcher(value).matches()) {
      rules.invalid(path, value, "ACCOUNT or NAMESPACE/ACCOUNT, without wildcards");
    }
  }

  static void trustDomain(FieldPath path, String value, ValueRules rules) {
    if (!value.isEmpty() && !TRUST_DOMAIN.matcher(value).matches()) {
      rules.invalid(path, value, "a trust domain, with one '*' at most");
    }
  }
}
