package io.librarymesh.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The frames that a client of one gRPC stream writes. Source: RFC 9113, RFC 7541 (headers are
 * literals that nobody keeps), gRPC over HTTP/2.
 */
final class Http2Writer {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GO_AWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int FRAME_HEADER = 9;
  static final int MAX_FRAME = 1 << 14;

  private static final int END_HEADERS = 4;
  private static final int INITIAL_WINDOW = 4;
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int GRPC_HEADER = 5;
  private static final int STREAM = 1;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Of {@code :method POST} and {@code :scheme http} in the static table. */
  private static final int[] INDEXED = {0x83, 0x86};

  private Http2Writer() {}

  private static ByteBuffer frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(FRAME_HEADER + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .flip();
  }

  /** Opens a connection with windows of a size, and its only stream. */
  static ByteBuffer open(String path, int window) {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    for (int index : INDEXED) {
      headers.write(index);
    }
    header(headers, ":path", "/" + path);
    header(headers, ":authority", "load");
    header(headers, "content-type", "application/grpc");
    header(headers, "te", "trailers");
    byte[] settings =
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW).putInt(window).array();
    ByteBuffer all = ByteBuffer.allocate(1 << 10);
    return all.put(PREFACE)
        .put(frame(SETTINGS, 0, 0, settings))
        .put(windowUpdate(0, window - DEFAULT_WINDOW))
        .put(frame(HEADERS, END_HEADERS, STREAM, headers.toByteArray()))
        .flip();
  }

  private static void header(ByteArrayOutputStream target, String name, String value) {
    target.write(0); // A literal with a literal name that is not indexed.
    text(target, name);
    text(target, value);
  }

  /** Not of more than 126 bytes. */
  private static void text(ByteArrayOutputStream target, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    target.write(bytes.length);
    target.write(bytes, 0, bytes.length);
  }

  /** More may be received. */
  static ByteBuffer windowUpdate(int stream, int bytes) {
    return frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  /** Answers settings, or a ping with its content. */
  static ByteBuffer answer(int type, byte[] content) {
    return frame(type, ACK, 0, content);
  }

  /** A message, in as many frames as it takes. */
  static ByteBuffer message(byte[] content) {
    int length = GRPC_HEADER + content.length;
    int frames = (length + MAX_FRAME - 1) / MAX_FRAME;
    byte[] message =
        ByteBuffer.allocate(length).put((byte) 0).putInt(content.length).put(content).array();
    ByteBuffer all = ByteBuffer.allocate(length + frames * FRAME_HEADER);
    for (int at = 0; at < length; at += MAX_FRAME) {
      byte[] part = Arrays.copyOfRange(message, at, Math.min(length, at + MAX_FRAME));
      all.put(frame(DATA, 0, STREAM, part));
    }
    return all.flip();
  }
}
