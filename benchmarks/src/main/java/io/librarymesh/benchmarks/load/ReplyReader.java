package io.librarymesh.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads the messages of a gRPC stream as their bytes come. Of a resource it reads no more than how
 * long it is, unless it remembers names and versions. Confined to one thread.
 */
final class ReplyReader {

  private static final int VERSION_INFO = 1;
  private static final int RESOURCES = 2;
  private static final int TYPE_URL = 4;
  private static final int NONCE = 5;
  private static final int REMOVED_RESOURCES = 6;
  private static final int GRPC_HEADER = 5;
  private static final int LENGTH_DELIMITED = 2;
  private static final byte[] NOTHING = {};

  private final boolean remembers;
  private final Consumer<Reply> replies;
  private final ByteBuffer header = ByteBuffer.allocate(GRPC_HEADER);
  private int left = -1;
  private long size;
  private int field;
  private long number;
  private int shift;
  private boolean hasTag;
  private int skip;
  private byte[] value = NOTHING;
  private int filled;
  private String typeUrl = "";
  private String nonce = "";
  private String version = "";
  private int resources;
  private int removed;
  private Map<String, String> versions = new HashMap<>();

  ReplyReader(boolean remembers, Consumer<Reply> replies) {
    this.remembers = remembers;
    this.replies = replies;
  }

  /** Takes all bytes that remain. */
  void read(ByteBuffer in) throws IOException {
    while (in.hasRemaining()) {
      if (left < 0) {
        header.put(in.get());
        if (!header.hasRemaining()) {
          left = header.flip().getInt(1);
          header.clear();
          size = left;
        }
      } else {
        step(in);
      }
      if (left == 0) {
        complete();
      }
    }
  }

  /** Takes a piece of a field, which ends with the message at the latest. */
  private void step(ByteBuffer in) throws IOException {
    if (skip > 0) {
      int bytes = Math.min(skip, in.remaining());
      in.position(in.position() + bytes);
      skip -= bytes;
      left -= bytes;
    } else if (filled < value.length) {
      int bytes = Math.min(value.length - filled, in.remaining());
      in.get(value, filled, bytes);
      filled += bytes;
      left -= bytes;
      if (filled == value.length) {
        take();
      }
    } else {
      byte next = in.get();
      left--;
      number |= (next & 0x7fL) << shift;
      shift += 7;
      if (next >= 0) {
        take((int) number);
        number = 0;
        shift = 0;
      }
    }
  }

  /** A tag or a length. */
  private void take(int read) throws IOException {
    if (!hasTag) {
      if ((read & 7) != LENGTH_DELIMITED) {
        throw new IOException("tag: " + read + " (expected: of a text or message)");
      }
      hasTag = true;
      field = read >>> 3;
      return;
    }
    hasTag = false;
    boolean skipped =
        switch (field) {
          case RESOURCES -> !remembers;
          case VERSION_INFO, TYPE_URL, NONCE -> false;
          default -> true;
        };
    resources += field == RESOURCES ? 1 : 0;
    removed += field == REMOVED_RESOURCES ? 1 : 0;
    if (skipped) {
      skip = read;
    } else {
      value = new byte[read];
      filled = 0;
    }
  }

  private void take() throws IOException {
    switch (field) {
      case VERSION_INFO -> version = new String(value, StandardCharsets.UTF_8);
      case TYPE_URL -> typeUrl = new String(value, StandardCharsets.UTF_8);
      case NONCE -> nonce = new String(value, StandardCharsets.UTF_8);
      default -> Reply.readResource(value, versions);
    }
  }

  private void complete() {
    Reply reply = new Reply(typeUrl, nonce, version, resources, removed, size, versions);
    left = -1;
    value = NOTHING;
    filled = 0;
    typeUrl = "";
    nonce = "";
    version = "";
    resources = 0;
    removed = 0;
    versions = new HashMap<>();
    replies.accept(reply);
  }
}
