package io.librarymesh.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose first bytes can be looked at and are read all the same, by whatever stands
 * above it. Peeked at by one thread, before anybody reads.
 */
final class PeekedSocket extends Socket {
  private byte[] held = new byte[0];
  private int from;
  private @Nullable InputStream input;

  private PeekedSocket() {}

  /** What accepts such connections. */
  static ServerSocket listen(int port, int backlog, InetAddress address) throws IOException {
    return new ServerSocket(port, backlog, address) {
      @Override
      public Socket accept() throws IOException {
        PeekedSocket socket = new PeekedSocket();
        implAccept(socket);
        return socket;
      }
    };
  }

  /**
   * The first bytes; waits for them.
   *
   * @return fewer when the other side has ended before
   */
  byte[] peek(int count) throws IOException {
    if (held.length < count) {
      byte[] more = super.getInputStream().readNBytes(count - held.length);
      byte[] all = new byte[held.length + more.length];
      System.arraycopy(held, 0, all, 0, held.length);
      System.arraycopy(more, 0, all, held.length, more.length);
      held = all;
    }
    return held;
  }

  @Override
  public synchronized InputStream getInputStream() throws IOException {
    InputStream known = input;
    if (known == null) {
      known = new HeldFirst(super.getInputStream());
      input = known;
    }
    return known;
  }

  private final class HeldFirst extends InputStream {
    private final InputStream wire;

    HeldFirst(InputStream wire) {
      this.wire = wire;
    }

    @Override
    public int read() throws IOException {
      return from < held.length ? held[from++] & 0xff : wire.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int left = held.length - from;
      if (left == 0) {
        return wire.read(into, offset, length);
      }
      int count = Math.min(left, length);
      System.arraycopy(held, from, into, offset, count);
      from += count;
      return count;
    }

    @Override
    public int available() throws IOException {
      return held.length - from + wire.available();
    }

    @Override
    public void close() throws IOException {
      PeekedSocket.this.close();
    }
  }
}
