package io.librarymesh.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An address as sessions keep it: in Base64, and in cookies together with the time at which it
 * expires, as the protobuf message {@code envoy.Cookie {string address = 1; uint64 expires = 2}}.
 * Older releases of Envoy have the address alone in their cookies, and so do headers to this day.
 *
 * @param expiresSeconds since 1970; 0 when it does not expire
 */
record SessionAddress(String address, long expiresSeconds) {
  private static final int ADDRESS = 1;
  private static final int EXPIRES = 2;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /**
   * The first seconds since 1970 that are taken for such. What is less comes from an Envoy, which
   * counts from the start of its own machine, and says nothing to anybody else.
   */
  private static final long SINCE_1970 = 1_000_000_000;

  /** Whether it no longer counts. */
  boolean expired(long nowSeconds) {
    return expiresSeconds >= SINCE_1970 && nowSeconds > expiresSeconds;
  }

  /** As cookies have it. */
  String message() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] text = address.getBytes(UTF_8);
    varint(out, ADDRESS << 3 | BYTES);
    varint(out, text.length);
    out.writeBytes(text);
    if (expiresSeconds > 0) {
      varint(out, EXPIRES << 3 | VARINT);
      varint(out, expiresSeconds);
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  /** As headers have it. */
  static String plain(String address) {
    return Base64.getEncoder().encodeToString(address.getBytes(UTF_8));
  }

  /** What a header has; null when that is nothing, or not Base64. */
  static @Nullable String ofPlain(String value) {
    byte[] bytes = decode(value);
    return bytes == null || bytes.length == 0 ? null : new String(bytes, UTF_8);
  }

  /** What a cookie has, in its newer form or its older one; null when that is nothing. */
  static @Nullable SessionAddress of(String value) {
    byte[] bytes = decode(value);
    if (bytes == null || bytes.length == 0) {
      return null;
    }
    SessionAddress read = new Reader(bytes).read();
    return read == null ? new SessionAddress(new String(bytes, UTF_8), 0) : read;
  }

  private static byte @Nullable [] decode(String value) {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  /** Reads the message; what it does not know it passes over. */
  private static final class Reader {
    private final byte[] bytes;
    private int at;
    private boolean broken;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Null when it is no such message, or has no address. */
    @Nullable SessionAddress read() {
      String address = "";
      long expires = 0;
      while (at < bytes.length && !broken) {
        long tag = varint();
        long number = tag >>> 3;
        int type = (int) (tag & 7);
        if (number == ADDRESS && type == BYTES) {
          int length = length();
          address = new String(bytes, at, length, UTF_8);
          at += length;
        } else if (number == EXPIRES && type == VARINT) {
          expires = varint();
        } else {
          skip(number, type);
        }
      }
      return broken || address.isEmpty() ? null : new SessionAddress(address, expires);
    }

    private void skip(long number, int type) {
      broken |= number == 0;
      switch (type) {
        case VARINT -> varint();
        case FIXED64 -> pass(8);
        case BYTES -> pass(length());
        case FIXED32 -> pass(4);
        default -> broken = true;
      }
    }

    private void pass(int count) {
      broken |= count > bytes.length - at;
      at = broken ? bytes.length : at + count;
    }

    /** How many bytes follow; 0 when there are not so many. */
    private int length() {
      long length = varint();
      broken |= length < 0 || length > bytes.length - at;
      return broken ? 0 : (int) length;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < 64 && at < bytes.length; shift += 7) {
        byte next = bytes[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      broken = true;
      return 0;
    }
  }
}
