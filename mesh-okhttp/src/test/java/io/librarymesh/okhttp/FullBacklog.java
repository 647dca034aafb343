package io.librarymesh.okhttp;

import io.librarymesh.config.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port whose queue of connections is full: connecting neither succeeds nor fails. */
final class FullBacklog implements AutoCloseable {
  private final ServerSocket server;
  private final List<Socket> queued = new ArrayList<>();

  FullBacklog() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try {
      while (true) {
        Socket socket = new Socket();
        queued.add(socket);
        socket.connect(server.getLocalSocketAddress(), 300);
      }
    } catch (SocketTimeoutException full) {
      // As wanted.
    }
  }

  Endpoint endpoint() {
    return Endpoint.of("127.0.0.1", server.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    server.close();
  }
}
