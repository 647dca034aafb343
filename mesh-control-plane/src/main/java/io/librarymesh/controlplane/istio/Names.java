package io.librarymesh.controlplane.istio;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** The syntax of names and addresses, as Istio and Kubernetes check it. */
final class Names {
  private static final String LABEL = "[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?";
  private static final Pattern DNS_LABEL = Pattern.compile(LABEL);
  private static final Pattern LOWER_DNS_LABEL =
      Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern SERVICE_NAME = Pattern.compile("[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern WILDCARD_LABEL =
      Pattern.compile("\\*|(?:\\*|\\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?");
  private static final Pattern QUALIFIED =
      Pattern.compile("[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern HEADER = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");
  private static final Pattern GRPC_SERVICE =
      Pattern.compile("\\.?[A-Za-z_][A-Za-z_0-9]*(?:\\.[A-Za-z_][A-Za-z_0-9]*)*");
  private static final Pattern GRPC_METHOD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final int LONGEST_DOMAIN = 255;
  private static final int LONGEST_SUBDOMAIN = 253;

  private Names() {}

  /** One label of a DNS name, in any case. */
  static boolean isDnsLabel(String name) {
    return DNS_LABEL.matcher(name).matches();
  }

  /** Kubernetes' DNS label (RFC 1123), which is lower-case: a namespace, for example. */
  static boolean isLowerDnsLabel(String name) {
    return LOWER_DNS_LABEL.matcher(name).matches();
  }

  /** Kubernetes' DNS label of a Service (RFC 1035), which begins with a letter. */
  static boolean isServiceName(String name) {
    return SERVICE_NAME.matcher(name).matches();
  }

  /** Kubernetes' DNS subdomain: an object's name. */
  static boolean isDnsSubdomain(String name) {
    if (name.isEmpty() || name.length() > LONGEST_SUBDOMAIN) {
      return false;
    }
    for (String label : name.split("\\.", -1)) {
      if (!isLowerDnsLabel(label)) {
        return false;
      }
    }
    return true;
  }

  /** A DNS name without wildcard; a trailing dot is allowed, a top level of digits only is not. */
  static boolean isFqdn(String name) {
    return !name.startsWith("*") && isWildcardDomain(name);
  }

  /** A DNS name whose first label may be, or begin with, a {@code *}. */
  static boolean isWildcardDomain(String name) {
    if (name.isEmpty() || name.length() > LONGEST_DOMAIN || name.equals("*.")) {
      return false;
    }
    String[] labels =
        (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).split("\\.", -1);
    if (DIGITS.matcher(labels[labels.length - 1]).matches()) {
      return false;
    }
    boolean first = labels[0].length() <= 63 && WILDCARD_LABEL.matcher(labels[0]).matches();
    for (int i = 1; i < labels.length; i++) {
      first &= isDnsLabel(labels[i]);
    }
    return first;
  }

  /** A service of gRPC, with its package. */
  static boolean isGrpcService(String name) {
    return GRPC_SERVICE.matcher(name).matches();
  }

  /** A method of gRPC, without its service. */
  static boolean isGrpcMethod(String name) {
    return GRPC_METHOD.matcher(name).matches();
  }

  /** An IPv4 or IPv6 address; never resolves anything. */
  static boolean isIp(String text) {
    if (IPV4.matcher(text).matches()) {
      return true;
    }
    if (!IPV6.matcher(text).matches()) {
      return false;
    }
    try {
      // With a colon in it the text is taken for a literal, and no resolver is asked.
      return InetAddress.getByName(text) != null;
    } catch (UnknownHostException notALiteral) {
      return false;
    }
  }

  /** An address, or one with a prefix length. */
  static boolean isIpOrCidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return isIp(text);
    }
    String length = text.substring(slash + 1);
    String address = text.substring(0, slash);
    return isIp(address)
        && length.length() <= 3
        && DIGITS.matcher(length).matches()
        && Integer.parseInt(length) <= (address.contains(":") ? 128 : 32);
  }

  /** A key of a Kubernetes label: an optional DNS subdomain and a slash, then a short name. */
  static boolean isLabelKey(String key) {
    int slash = key.indexOf('/');
    return (slash < 0 || isDnsSubdomain(key.substring(0, slash).toLowerCase(Locale.ROOT)))
        && QUALIFIED.matcher(key.substring(slash + 1)).matches();
  }

  /** A value of a Kubernetes label; may be empty. */
  static boolean isLabelValue(String value) {
    return value.isEmpty() || QUALIFIED.matcher(value).matches();
  }

  /** A header name of HTTP (RFC 9110). */
  static boolean isHeaderName(String name) {
    return HEADER.matcher(name).matches();
  }

  /**
   * Whether the two hosts can mean the same name: equal, or one wildcard that covers the other.
   * {@code *.a.b} does not cover {@code a.b}.
   */
  static boolean hostsOverlap(String a, String b) {
    String left = a.toLowerCase(Locale.ROOT);
    String right = b.toLowerCase(Locale.ROOT);
    boolean leftWild = left.startsWith("*");
    boolean rightWild = right.startsWith("*");
    if (leftWild && rightWild) {
      return left.substring(1).endsWith(right.substring(1))
          || right.substring(1).endsWith(left.substring(1));
    } else if (leftWild) {
      return right.endsWith(left.substring(1));
    } else if (rightWild) {
      return left.endsWith(right.substring(1));
    }
    return left.equals(right);
  }

  /** Whether every name that {@code host} covers is covered by {@code by}. */
  static boolean hostCoveredBy(String host, String by) {
    String narrow = host.toLowerCase(Locale.ROOT);
    String wide = by.toLowerCase(Locale.ROOT);
    if (!wide.startsWith("*")) {
      return narrow.equals(wide);
    }
    String rest = narrow.startsWith("*") ? narrow.substring(1) : narrow;
    return rest.endsWith(wide.substring(1));
  }
}
