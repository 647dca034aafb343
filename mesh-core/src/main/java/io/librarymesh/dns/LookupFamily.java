package io.librarymesh.dns;

import io.librarymesh.config.DnsDiscovery.Family;
import java.util.List;

/** Which addresses of an answer are used. */
final class LookupFamily {
  private LookupFamily() {}

  /** Each address once, in the order of the answer. */
  static List<String> of(Family family, List<String> addresses) {
    List<String> v4 = addresses.stream().filter(text -> !isV6(text)).distinct().toList();
    List<String> v6 = addresses.stream().filter(LookupFamily::isV6).distinct().toList();
    return switch (family) {
      case AUTO -> v6.isEmpty() ? v4 : v6;
      case V4_ONLY -> v4;
      case V6_ONLY -> v6;
      case V4_PREFERRED -> v4.isEmpty() ? v6 : v4;
      case ALL -> addresses.stream().distinct().toList();
    };
  }

  static boolean isV6(String address) {
    return address.indexOf(':') >= 0;
  }
}
