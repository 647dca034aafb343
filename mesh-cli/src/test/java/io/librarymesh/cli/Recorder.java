package io.librarymesh.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Stands between callers and a port, and keeps every byte that they say to each other. */
final class Recorder implements AutoCloseable {
  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
  private final ByteArrayOutputStream toCaller = new ByteArrayOutputStream();
  private final int port;

  Recorder(int port) throws IOException {
    this.port = port;
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "recorder");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket caller = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
        start(() -> copy(caller, server, toServer));
        start(() -> copy(server, caller, toCaller));
      } catch (IOException e) {
        // One connection less, or the end of the test.
      }
    }
  }

  /** Whatever ends it ends it for the other side, too: nobody waits for what does not come. */
  private static void copy(Socket from, Socket to, ByteArrayOutputStream kept) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[4096];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        kept.write(buffer, 0, read);
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      abort(from);
      abort(to);
    }
  }

  private static void abort(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed.
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  /** What callers have said, a character for each byte. */
  String toServer() {
    return toServer.toString(StandardCharsets.ISO_8859_1);
  }

  /** What the server has said, a character for each byte. */
  String toCaller() {
    return toCaller.toString(StandardCharsets.ISO_8859_1);
  }

  void forget() {
    toServer.reset();
    toCaller.reset();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
