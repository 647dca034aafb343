package io.librarymesh.okhttp.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A port of one logical host, which is kept whether somebody listens there or not. Not safe for use
 * by several threads.
 */
final class LoopbackPort implements AutoCloseable {
  /** What a connection to this port meets. */
  enum Mode {
    LISTENING,
    /** Nobody listens. */
    REFUSING,
    /** Somebody listens and does not accept, so that connecting takes until somebody does. */
    JAMMED
  }

  /** Starts to listen. */
  @FunctionalInterface
  interface Opening {
    Listener open(LoopbackPort port) throws IOException;
  }

  private final Opening opening;
  private final Socket reservation;
  private Mode mode = Mode.REFUSING;
  private @Nullable Listener listener;

  LoopbackPort(Opening opening) {
    this.opening = opening;
    try {
      // Bound and not connected: the system gives the port to nobody else, and refuses connections.
      reservation = new Socket();
      share(reservation);
      reservation.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int number() {
    return reservation.getLocalPort();
  }

  Mode mode() {
    return mode;
  }

  void become(Mode wanted) throws IOException {
    if (mode == wanted) {
      return;
    }
    Listener before = listener;
    boolean jammed = mode == Mode.JAMMED;
    mode = wanted;
    // Who is being kept waiting must not knock at a port where nobody listens for a moment.
    listener = jammed && wanted == Mode.LISTENING ? opening.open(this) : null;
    if (before != null) {
      before.close();
    }
    if (listener == null && wanted == Mode.LISTENING) {
      listener = opening.open(this);
    } else if (wanted == Mode.JAMMED) {
      listener = new Jam(bind(1));
    }
  }

  /** A server socket on this port. */
  ServerSocket bind(int backlog) throws IOException {
    ServerSocket server = new ServerSocket();
    if (server.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
      server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number()), backlog);
    return server;
  }

  @Override
  public void close() {
    try {
      become(Mode.REFUSING);
      reservation.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void share(Socket socket) throws IOException {
    if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }
    socket.setReuseAddress(true);
  }
}
