package io.librarymesh.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The addresses that share their first bits. Source: Envoy {@code core.v3.CidrRange}.
 *
 * @param high the upper half of an IPv6 address; 0 for IPv4
 * @param low the lower half, or the IPv4 address; bits behind the prefix are 0
 * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record CidrRange(long high, long low, int prefixLength, boolean v6) {
  private static final int V4_BITS = 32;
  private static final int V6_BITS = 128;
  private static final int MAPPED_BITS = V6_BITS - V4_BITS;

  /**
   * @throws IllegalArgumentException if there is no such prefix
   */
  public CidrRange {
    int bits = v6 ? V6_BITS : V4_BITS;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefix length: " + prefixLength + " (expected: 0 to " + bits + ")");
    }
    int start = v6 ? 0 : MAPPED_BITS;
    high &= mask(start + prefixLength);
    low &= mask(start + prefixLength - Long.SIZE);
  }

  /**
   * Reads an address, {@code 10.1.2.3}, or a range, {@code 10.0.0.0/8}. Bits behind the prefix do
   * not count.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static CidrRange parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return of(text, V6_BITS);
    }
    String length = text.substring(slash + 1);
    if (length.isEmpty() || length.length() > 3 || !length.chars().allMatch(c -> isDigit(c))) {
      throw refusal(text);
    }
    int bits = text.indexOf(':') >= 0 ? V6_BITS : V4_BITS;
    int number = Integer.parseInt(length);
    if (number > bits) {
      throw refusal(text);
    }
    return of(text.substring(0, slash), number);
  }

  /**
   * Reads an address and the length of a prefix, which a single address of IPv4 may exceed.
   *
   * @throws IllegalArgumentException if the text is no address
   */
  private static CidrRange of(String text, int length) {
    InetAddress address = IpAddress.parse(text).orElseThrow(() -> refusal(text));
    boolean mapped = text.indexOf(':') >= 0 && address instanceof Inet4Address;
    if (mapped && length < MAPPED_BITS) {
      throw refusal(text + "/" + length);
    }
    return of(address, mapped ? length - MAPPED_BITS : length);
  }

  /** The range around an address; a length beyond its bits takes all of them. */
  public static CidrRange of(InetAddress address, int length) {
    boolean v6 = !(address instanceof Inet4Address);
    return new CidrRange(
        high(address.getAddress()),
        low(address.getAddress()),
        Math.min(length, v6 ? V6_BITS : V4_BITS),
        v6);
  }

  /** Whether an address is within. IPv4 and IPv6 have nothing in common. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (v6 != (bytes.length > Integer.BYTES)) {
      return false;
    }
    int start = v6 ? 0 : MAPPED_BITS;
    return (high(bytes) & mask(start + prefixLength)) == high
        && (low(bytes) & mask(start + prefixLength - Long.SIZE)) == low;
  }

  /** As it is written, such as {@code 10.0.0.0/8}. */
  @Override
  public String toString() {
    byte[] bytes =
        v6
            ? ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array()
            : ByteBuffer.allocate(Integer.BYTES).putInt((int) low).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + prefixLength;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are addresses", e);
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** The first {@code bits} of a long; none when there are less than one. */
  private static long mask(int bits) {
    if (bits <= 0) {
      return 0;
    }
    return bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
  }

  private static long high(byte[] bytes) {
    return bytes.length > Integer.BYTES ? ByteBuffer.wrap(bytes).getLong() : 0;
  }

  private static long low(byte[] bytes) {
    return bytes.length > Integer.BYTES
        ? ByteBuffer.wrap(bytes).getLong(Long.BYTES)
        : ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL;
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(text + " (expected: an IP address or ADDRESS/LENGTH)");
  }
}
