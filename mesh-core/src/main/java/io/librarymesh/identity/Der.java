package io.librarymesh.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the few forms of ASN.1's DER (X.690) that a signing request is made of. */
final class Der {
  static final byte[] NULL = {0x05, 0x00};
  static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
  static final byte[] ZERO = {0x02, 0x01, 0x00};

  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int OCTET_STRING = 0x04;
  private static final int BIT_STRING = 0x03;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;
  private static final int SHORT_LENGTH = 0x80;
  private static final int BASE_128 = 7;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(SEQUENCE, joined(List.of(parts)));
  }

  static byte[] set(byte[]... parts) {
    return tagged(SET, joined(List.of(parts)));
  }

  static byte[] octets(byte[] content) {
    return tagged(OCTET_STRING, content);
  }

  /** Of whole bytes. */
  static byte[] bits(byte[] content) {
    return tagged(BIT_STRING, joined(List.of(new byte[] {0}, content)));
  }

  /** A part that is told by its number alone, such as a form of name. */
  static byte[] implicit(int number, String ascii) {
    return tagged(CONTEXT | number, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /** A structure that stands in a place of its own. */
  static byte[] explicit(int number, byte[] content) {
    return tagged(CONTEXT | CONSTRUCTED | number, content);
  }

  /** Such as {@code 2, 5, 29, 17}. */
  static byte[] oid(int... arcs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    base128(out, arcs[0] * 40 + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      base128(out, arcs[i]);
    }
    return tagged(OBJECT_IDENTIFIER, out.toByteArray());
  }

  private static void base128(ByteArrayOutputStream out, int value) {
    int shift = 0;
    while ((value >>> (shift + BASE_128)) != 0) {
      shift += BASE_128;
    }
    for (; shift > 0; shift -= BASE_128) {
      out.write(((value >>> shift) & 0x7f) | 0x80);
    }
    out.write(value & 0x7f);
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
    out.write(tag);
    if (content.length < SHORT_LENGTH) {
      out.write(content.length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
      out.write(SHORT_LENGTH | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(content.length >>> (i * 8));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
