package io.librarymesh.okhttp.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A full queue of connections: the system answers nobody who connects, until it is closed. */
final class Jam implements Listener {
  private static final int FULL_MILLIS = 200;

  private final ServerSocket server;
  private final List<Socket> queued = new ArrayList<>();

  Jam(ServerSocket server) throws IOException {
    this.server = server;
    try {
      while (true) {
        Socket socket = new Socket();
        queued.add(socket);
        socket.connect(server.getLocalSocketAddress(), FULL_MILLIS);
      }
    } catch (SocketTimeoutException full) {
      // As wanted.
    }
  }

  @Override
  public void close() {
    try {
      for (Socket socket : queued) {
        socket.close();
      }
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
