package io.librarymesh.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The one thread on which all clients read and write, into one buffer: beside a server on the same
 * machine they must cost little.
 */
final class LoadLoop implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 18;

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /** Whoever has a connection. */
  interface Connection {

    /** Something can be read, written, or the connection stands. */
    void ready(SelectionKey key, ByteBuffer buffer) throws IOException;

    /** It broke. */
    void broken();
  }

  LoadLoop() throws IOException {
    selector = Selector.open();
    Thread thread = new Thread(this::run, "load-clients");
    thread.setDaemon(true);
    thread.start();
  }

  Selector selector() {
    return selector;
  }

  /** Has something done on the thread. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(this::ready);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      connection.ready(key, buffer);
    } catch (IOException e) {
      connection.broken();
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
