package io.librarymesh.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The least HTTP server that OkHttp can talk to, run in a process of its own so that its work and
 * its garbage are not counted with the client's. Answers every request with 128 bytes; ends with
 * its standard input.
 */
public final class LoopbackServer {
  private static final byte[] ANSWER =
      ("HTTP/1.1 200 OK\r\ncontent-length: 128\r\n\r\n" + "x".repeat(128))
          .getBytes(StandardCharsets.US_ASCII);
  private static final int END_OF_HEAD = 0x0d0a0d0a;

  private LoopbackServer() {}

  /** Prints its port and serves. */
  public static void main(String[] args) throws IOException {
    ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    System.out.println(server.getLocalPort());
    System.out.flush();
    daemon(() -> accept(server));
    while (System.in.read() >= 0) {
      // Whatever is said, the benchmark is still there.
    }
  }

  private static void accept(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        daemon(() -> serve(socket));
      }
    } catch (IOException e) {
      System.err.println("no more connections: " + e);
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      int last = 0;
      int next;
      while ((next = in.read()) >= 0) {
        last = last << 8 | next;
        if (last == END_OF_HEAD) {
          socket.getOutputStream().write(ANSWER);
        }
      }
    } catch (IOException e) {
      // The client closed the connection; it may.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "loopback");
    thread.setDaemon(true);
    thread.start();
  }
}
