package io.librarymesh.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Stands between a caller and a port and keeps what they say to each other. */
final class Tee implements AutoCloseable {
  private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private final int port;

  Tee(int port) throws IOException {
    this.port = port;
    Workers.daemon(this::accept).start();
  }

  private void accept() {
    try {
      Socket caller = listening.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      Workers.daemon(() -> copy(caller, server)).start();
      copy(server, caller);
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[4096];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        synchronized (seen) {
          seen.write(buffer, 0, read);
        }
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // The test is over.
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  byte[] seen() {
    synchronized (seen) {
      return seen.toByteArray();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
