package io.librarymesh.controlplane.keys;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells which addresses may be called by whoever writes a rule. Asked about the address that a
 * connection is made to, never about a name: what a name stands for may change in between.
 *
 * @param privateAllowed whether this machine and private networks may be called
 */
record AddressGuard(boolean privateAllowed) {
  /** Those of clouds' metadata that are in no range that is refused anyway. */
  private static final List<Range> METADATA =
      List.of(
          Range.of("168.63.129.16", 32),
          Range.of("100.100.100.200", 32),
          Range.of("fd00:ec2::254", 128),
          Range.of("fd20:ce::254", 128));

  private static final List<Range> PRIVATE =
      List.of(
          Range.of("127.0.0.0", 8),
          Range.of("10.0.0.0", 8),
          Range.of("172.16.0.0", 12),
          Range.of("192.168.0.0", 16),
          Range.of("100.64.0.0", 10),
          Range.of("198.18.0.0", 15),
          Range.of("::1", 128),
          Range.of("fc00::", 7));

  /**
   * This network, link-local (with metadata), protocols, examples, multicast, reserved, tunnels.
   */
  private static final List<Range> NEVER =
      List.of(
          Range.of("0.0.0.0", 8),
          Range.of("169.254.0.0", 16),
          Range.of("192.0.0.0", 24),
          Range.of("192.0.2.0", 24),
          Range.of("192.88.99.0", 24),
          Range.of("198.51.100.0", 24),
          Range.of("203.0.113.0", 24),
          Range.of("224.0.0.0", 3),
          Range.of("64:ff9b:1::", 48),
          Range.of("2001::", 23),
          Range.of("2001:db8::", 32));

  /** All that is routed by IPv6. */
  private static final Range GLOBAL = Range.of("2000::", 3);

  private static final Range NAT64 = Range.of("64:ff9b::", 96);
  private static final Range SIX_TO_FOUR = Range.of("2002::", 16);
  private static final int NAT64_OFFSET = 12;
  private static final int SIX_TO_FOUR_OFFSET = 2;
  private static final int V4_BYTES = 4;

  private static final class Range {
    private final byte[] prefix;
    private final int bits;

    private Range(byte[] prefix, int bits) {
      this.prefix = prefix;
      this.bits = bits;
    }

    static Range of(String address, int bits) {
      try {
        // A literal: nothing is looked up.
        return new Range(InetAddress.getByName(address).getAddress(), bits);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("address: " + address, e);
      }
    }

    boolean has(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if ((address[bit / Byte.SIZE] & mask) != (prefix[bit / Byte.SIZE] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Lets an address be called, or not.
   *
   * @throws RefusedAddress if it may not
   */
  void check(InetAddress address) throws RefusedAddress {
    byte[] bytes = address.getAddress();
    byte[] judged = address instanceof Inet4Address ? bytes : carried(bytes);
    if (has(METADATA, judged) || has(NEVER, judged)) {
      throw new RefusedAddress(
          address.getHostAddress() + " is not called (expected: an address that is routed)");
    }
    boolean isPrivate = has(PRIVATE, judged);
    if (isPrivate && !privateAllowed) {
      throw new RefusedAddress(
          address.getHostAddress()
              + " is of this machine or a private network (expected: a public address, or"
              + " insecure private addresses allowed)");
    }
    if (!isPrivate && judged.length != V4_BYTES && !GLOBAL.has(judged)) {
      throw new RefusedAddress(
          address.getHostAddress() + " is not called (expected: an address that is routed)");
    }
  }

  private static boolean has(List<Range> ranges, byte[] address) {
    return ranges.stream().anyMatch(range -> range.has(address));
  }

  /** The IPv4 address that an IPv6 address leads to, where it does. */
  private static byte[] carried(byte[] address) {
    if (NAT64.has(address)) {
      return Arrays.copyOfRange(address, NAT64_OFFSET, NAT64_OFFSET + V4_BYTES);
    }
    if (SIX_TO_FOUR.has(address)) {
      return Arrays.copyOfRange(address, SIX_TO_FOUR_OFFSET, SIX_TO_FOUR_OFFSET + V4_BYTES);
    }
    return address;
  }
}
