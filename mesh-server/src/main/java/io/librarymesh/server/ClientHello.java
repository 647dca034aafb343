package io.librarymesh.server;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The server name in a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3), read from the
 * bytes themselves: the JDK does not tell names with an underscore, and those of Istio have some.
 */
final class ClientHello {
  private static final int HANDSHAKE = 0x16;
  private static final int RECORD_HEADER = 5;
  private static final int MESSAGE_HEADER = 4;
  private static final int MAX_RECORD = 16_384;
  private static final int MAX_HELLO = 16_384;
  private static final int MAX_RECORDS = 32;
  private static final int CLIENT_HELLO = 1;
  private static final int VERSION_AND_RANDOM = 34;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;

  private ClientHello() {}

  /** Whether a connection that begins so is one of TLS. */
  static boolean begins(byte first) {
    return first == HANDSHAKE;
  }

  /**
   * The name that is asked for; waits for the whole message.
   *
   * @return empty when there is none
   * @throws IOException if it is no ClientHello, or larger than 16 KiB
   */
  static String serverName(PeekedSocket socket) throws IOException {
    try {
      return name(ByteBuffer.wrap(message(socket)));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("TLS: not a ClientHello", e);
    }
  }

  /** The message without its header; it may be spread over records. */
  private static byte[] message(PeekedSocket socket) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(MAX_HELLO + MAX_RECORD);
    int at = 0;
    int expected = Integer.MAX_VALUE;
    for (int records = 0; all.position() < expected; records++) {
      byte[] header = peek(socket, at + RECORD_HEADER);
      int length = ((header[at + 3] & 0xff) << 8) | (header[at + 4] & 0xff);
      if (header[at] != HANDSHAKE
          || header[at + 1] != 3
          || length == 0
          || length > MAX_RECORD
          || records == MAX_RECORDS) {
        throw new IOException("TLS: not a ClientHello");
      }
      byte[] record = peek(socket, at + RECORD_HEADER + length);
      all.put(record, at + RECORD_HEADER, length);
      at += RECORD_HEADER + length;
      if (expected == Integer.MAX_VALUE && all.position() >= MESSAGE_HEADER) {
        expected = MESSAGE_HEADER + (all.getInt(0) & 0xffffff);
        if (all.get(0) != CLIENT_HELLO || expected > MAX_HELLO) {
          throw new IOException("TLS: no ClientHello of at most " + MAX_HELLO + " bytes");
        }
      }
    }
    byte[] message = new byte[expected - MESSAGE_HEADER];
    all.get(MESSAGE_HEADER, message);
    return message;
  }

  private static byte[] peek(PeekedSocket socket, int count) throws IOException {
    byte[] bytes = socket.peek(count);
    if (bytes.length < count) {
      throw new IOException("TLS: ended within its ClientHello");
    }
    return bytes;
  }

  private static String name(ByteBuffer hello) {
    skip(hello, VERSION_AND_RANDOM);
    skip(hello, hello.get() & 0xff);
    skip(hello, hello.getShort() & 0xffff);
    skip(hello, hello.get() & 0xff);
    if (!hello.hasRemaining()) {
      return "";
    }
    hello.getShort();
    while (hello.hasRemaining()) {
      int type = hello.getShort() & 0xffff;
      int length = hello.getShort() & 0xffff;
      if (type == SERVER_NAME) {
        hello.getShort();
        int kind = hello.get();
        byte[] name = new byte[hello.getShort() & 0xffff];
        hello.get(name);
        return kind == HOST_NAME ? new String(name, StandardCharsets.US_ASCII) : "";
      }
      skip(hello, length);
    }
    return "";
  }

  private static void skip(ByteBuffer bytes, int count) {
    if (count > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    bytes.position(bytes.position() + count);
  }
}
