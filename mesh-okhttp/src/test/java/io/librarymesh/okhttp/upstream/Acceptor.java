package io.librarymesh.okhttp.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Accepts the connections of one host and gives a thread to each. */
final class Acceptor implements Listener {
  private final String host;
  private final ServerSocket server;
  private final Connection.Protocol protocol;
  private final Arrivals arrivals;
  private final List<Connection> connections = new ArrayList<>();
  private final Future<?> accepting;

  Acceptor(String host, ServerSocket server, Connection.Protocol protocol, Arrivals arrivals) {
    this.host = host;
    this.server = server;
    this.protocol = protocol;
    this.arrivals = arrivals;
    this.accepting = Daemons.run(this::accept);
  }

  @Override
  public void close() {
    try {
      server.close();
      // The system goes on listening until the thread has left its accept.
      accepting.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
    List<Connection> open;
    synchronized (connections) {
      open = List.copyOf(connections);
    }
    open.forEach(Connection::closeAfterAnswers);
  }

  private void accept() throws IOException {
    while (true) {
      Socket socket = server.accept();
      socket.setTcpNoDelay(true);
      Connection connection = protocol.over(host, socket, arrivals);
      synchronized (connections) {
        connections.removeIf(Connection::isClosed);
        connections.add(connection);
      }
      Future<?> unused = Daemons.run(connection::serve);
    }
  }
}
