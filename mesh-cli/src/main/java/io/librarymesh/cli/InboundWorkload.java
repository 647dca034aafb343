package io.librarymesh.cli;

import io.librarymesh.InboundPort;
import io.librarymesh.Mesh;
import io.librarymesh.Semantics;
import io.librarymesh.telemetry.MeshObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A workload in name only, which is told what its port asks of callers. */
final class InboundWorkload implements AutoCloseable {
  private static final long LOOK_MILLIS = 2;

  private final Connections.Connection connection;
  private final InboundPort port;

  private InboundWorkload(Connections.Connection connection, InboundPort port) {
    this.connection = connection;
    this.port = port;
  }

  /** Serves a directory in this process to such a workload. */
  static InboundWorkload open(
      Path config, Optional<Path> meshConfig, WorkloadOptions.Workload workload, int port)
      throws IOException {
    Connections.Connection connection =
        Connections.embedded(
            config,
            meshConfig,
            new Connections.Caller(
                workload, Duration.ofSeconds(15), Semantics.STANDARD, MeshObserver.NONE),
            Optional.of(port));
    Mesh mesh = connection.mesh();
    return new InboundWorkload(connection, mesh.inbound(port));
  }

  /**
   * Waits until it is known what the port asks.
   *
   * @throws IOException if it is not in time, with the reason
   */
  InboundPort.State await(Duration atMost) throws IOException, InterruptedException {
    long giveUp = System.nanoTime() + atMost.toNanos();
    InboundPort.State state = port.current();
    while (state instanceof InboundPort.Closed closed) {
      if (System.nanoTime() - giveUp > 0) {
        throw new IOException("the port stays closed: " + closed.reason());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      state = port.current();
    }
    return state;
  }

  @Override
  public void close() {
    connection.close();
  }
}
