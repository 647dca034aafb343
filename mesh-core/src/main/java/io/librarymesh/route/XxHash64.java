package io.librarymesh.route;

import java.nio.charset.StandardCharsets;

/**
 * The hash that Envoy takes of requests and of hosts: xxHash64 over the UTF-8 bytes of a text. Any
 * thread; text that is all ASCII is hashed without a copy. Source: the XXH64 algorithm of the
 * xxHash specification.
 */
public final class XxHash64 {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private XxHash64() {}

  /** The hash with seed 0. */
  public static long hash(String text) {
    return hash(text, 0);
  }

  /** The hash with a seed. */
  public static long hash(String text, long seed) {
    String bytes = bytes(text);
    int length = bytes.length();
    int at = length & ~31;
    long hash = (length >= 32 ? stripes(bytes, at, seed) : seed + P5) + length;
    for (; at + 8 <= length; at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, long64(bytes, at)), 27) * P1 + P4;
    }
    if (at + 4 <= length) {
      hash = Long.rotateLeft(hash ^ int32(bytes, at) * P1, 23) * P2 + P3;
      at += 4;
    }
    for (; at < length; at++) {
      hash = Long.rotateLeft(hash ^ bytes.charAt(at) * P5, 11) * P1;
    }
    return avalanche(hash);
  }

  /** Four lanes of eight bytes each, put together. */
  private static long stripes(String bytes, int end, long seed) {
    long v1 = seed + P1 + P2;
    long v2 = seed + P2;
    long v3 = seed;
    long v4 = seed - P1;
    for (int at = 0; at < end; at += 32) {
      v1 = round(v1, long64(bytes, at));
      v2 = round(v2, long64(bytes, at + 8));
      v3 = round(v3, long64(bytes, at + 16));
      v4 = round(v4, long64(bytes, at + 24));
    }
    long hash =
        Long.rotateLeft(v1, 1)
            + Long.rotateLeft(v2, 7)
            + Long.rotateLeft(v3, 12)
            + Long.rotateLeft(v4, 18);
    hash = merge(hash, v1);
    hash = merge(hash, v2);
    hash = merge(hash, v3);
    return merge(hash, v4);
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * P2, 31) * P1;
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * P1 + P4;
  }

  private static long avalanche(long hash) {
    long mixed = (hash ^ hash >>> 33) * P2;
    mixed = (mixed ^ mixed >>> 29) * P3;
    return mixed ^ mixed >>> 32;
  }

  /** The text with one character for each byte of its UTF-8 form. */
  private static String bytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7F) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return text;
  }

  private static long long64(String bytes, int at) {
    return int32(bytes, at) | int32(bytes, at + 4) << 32;
  }

  private static long int32(String bytes, int at) {
    return bytes.charAt(at)
        | (long) bytes.charAt(at + 1) << 8
        | (long) bytes.charAt(at + 2) << 16
        | (long) bytes.charAt(at + 3) << 24;
  }
}
