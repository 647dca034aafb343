package io.librarymesh.pick;

import java.nio.charset.StandardCharsets;

/**
 * MurmurHash2 of 64 bits, for rings that ask for {@code MURMUR_HASH_2}: the variant of GNU's {@code
 * std::hash}, whose constant seed it has. Not for the path of a call.
 */
final class MurmurHash2 {
  private static final long SEED = 0xC70F6907L;
  private static final long MUL = 0xC6A4A7935BD1E995L;

  private MurmurHash2() {}

  static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int aligned = bytes.length & ~7;
    long hash = SEED ^ bytes.length * MUL;
    for (int at = 0; at < aligned; at += 8) {
      hash = (hash ^ mix(littleEndian(bytes, at, 8) * MUL) * MUL) * MUL;
    }
    if (aligned < bytes.length) {
      hash = (hash ^ littleEndian(bytes, aligned, bytes.length - aligned)) * MUL;
    }
    return mix(mix(hash) * MUL);
  }

  private static long mix(long value) {
    return value ^ value >>> 47;
  }

  private static long littleEndian(byte[] bytes, int from, int count) {
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | (bytes[from + i] & 0xFF);
    }
    return value;
  }
}
