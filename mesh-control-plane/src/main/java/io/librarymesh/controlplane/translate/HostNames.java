package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.IpAddresses;
import java.util.Comparator;

/** How host names are completed, compared and ranked. */
public final class HostNames {

  /** A whole name before a wildcard, the longer before the shorter, then the alphabet. */
  static final Comparator<String> MOST_SPECIFIC_FIRST =
      Comparator.comparing(HostNames::isWildcard)
          .thenComparing(Comparator.comparing(String::length).reversed())
          .thenComparing(Comparator.naturalOrder());

  private HostNames() {}

  /**
   * A name without a dot belongs to the namespace of the object that holds it; any other is meant
   * as written.
   */
  public static String resolve(String name, String namespace, String domain) {
    if (name.isEmpty() || name.equals("*") || name.indexOf('.') >= 0 || isAddress(name)) {
      return name;
    }
    return name + "." + namespace + ".svc." + domain;
  }

  /** Whether the host stands for all names with its ending. */
  public static boolean isWildcard(String host) {
    return host.startsWith("*");
  }

  /** Whether a wildcard host covers the other, which may be a wildcard itself; equality counts. */
  public static boolean covers(String host, String other) {
    return host.equals(other) || (isWildcard(host) && other.endsWith(host.substring(1)));
  }

  /** Whether there is a name that both hosts cover. */
  public static boolean matches(String a, String b) {
    if (!isWildcard(a) && !isWildcard(b)) {
      return a.equals(b);
    }
    return covers(a, b) || covers(b, a);
  }

  /** The host as it stands in a URL: IPv6 in brackets. */
  static String inAuthority(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 && IpAddresses.isLiteral(name);
  }
}
