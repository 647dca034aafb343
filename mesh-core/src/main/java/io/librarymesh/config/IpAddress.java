package io.librarymesh.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Recognizes IP addresses without asking a name server. */
public final class IpAddress {
  private static final int IPV4_PARTS = 4;
  private static final int IPV6_GROUPS = 8;

  private IpAddress() {}

  /** Whether the text is an address in the usual notation, without brackets, port or zone. */
  public static boolean isLiteral(String text) {
    return text.indexOf(':') >= 0 ? isIpv6(text) : isIpv4(text);
  }

  /**
   * The address that a text is, if {@link #isLiteral}. An IPv4 address written as one of IPv6 is
   * the IPv4 address.
   */
  public static Optional<InetAddress> parse(String text) {
    if (!isLiteral(text)) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != IPV4_PARTS) {
      return false;
    }
    for (String part : parts) {
      if (part.isEmpty() || part.length() > 3 || !isDecimal(part) || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text) == IPV6_GROUPS;
    }
    String before = text.substring(0, gap);
    String after = text.substring(gap + 2);
    int left = before.isEmpty() ? 0 : groups(before);
    int right = after.isEmpty() ? 0 : groups(after);
    return left >= 0 && right >= 0 && left + right < IPV6_GROUPS && before.indexOf('.') < 0;
  }

  /** How many 16-bit groups the text is; negative when it is none. */
  private static int groups(String text) {
    String[] parts = text.split(":", -1);
    int count = parts.length;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (last && parts[i].indexOf('.') >= 0) {
        if (!isIpv4(parts[i])) {
          return -1;
        }
        count++;
      } else if (!isGroup(parts[i])) {
        return -1;
      }
    }
    return count;
  }

  private static boolean isGroup(String part) {
    return !part.isEmpty()
        && part.length() <= 4
        && part.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
  }

  private static boolean isDecimal(String part) {
    return part.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
