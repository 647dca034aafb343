package io.librarymesh.cli;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.Mesh;
import io.librarymesh.Semantics;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/** Ways into the mesh: with a control plane elsewhere, or with one inside this process. */
final class Connections {
  private Connections() {}

  /** Who calls, how long the first call waits for configuration, and who watches. */
  record Caller(
      WorkloadOptions.Workload workload,
      Duration configTimeout,
      Semantics semantics,
      MeshObserver observer) {
    Node node() {
      return workload.node("meshctl");
    }
  }

  /** A mesh, and what has to be closed with it. */
  record Connection(Mesh mesh, Runnable rest) implements AutoCloseable {
    OkHttpClient client(int concurrency, boolean followRedirects) {
      return new OkHttpClient.Builder()
          .connectionPool(new ConnectionPool(Math.max(5, concurrency), 1, TimeUnit.MINUTES))
          .readTimeout(Duration.ZERO)
          .followRedirects(followRedirects)
          .followSslRedirects(followRedirects)
          .addInterceptor(MeshInterceptor.of(mesh))
          .build();
    }

    /** Waits until something is known of the service that a request is for. */
    void await(Request request, Duration atMost) throws InterruptedException {
      // Where nothing is known in time, the call says why.
      boolean unused = mesh.await(request.url().host(), request.url().port(), atMost);
    }

    @Override
    public void close() {
      mesh.close();
      rest.run();
    }
  }

  static Connection remote(Options.HostPort server, Caller caller) {
    XdsConfigSource source =
        source(server, caller.node(), caller.workload().controlPlane()).build();
    return new Connection(mesh(source, caller), caller.workload()::close);
  }

  /**
   * Serves {@code directory} in this process; findings go to standard error.
   *
   * @throws IllegalArgumentException when there is an error among them: a caller would judge by
   *     what is left of the directory
   */
  static Connection embedded(Path directory, Caller caller) throws IOException {
    return embedded(directory, Optional.empty(), caller);
  }

  /** The same with a file of settings of the mesh. */
  static Connection embedded(Path directory, Optional<Path> meshConfig, Caller caller)
      throws IOException {
    return embedded(directory, meshConfig, caller, Optional.empty());
  }

  /** The same for who is called, at a port. */
  static Connection embedded(
      Path directory, Optional<Path> meshConfig, Caller caller, Optional<Integer> port)
      throws IOException {
    DirectoryStore store = DirectoryStore.open(directory, meshConfig);
    List<Finding> findings = store.snapshot().findings();
    FindingsReport.print(findings, System.err);
    long errors = FindingsReport.count(findings, Severity.ERROR);
    if (errors > 0) {
      store.close();
      throw new IllegalArgumentException(
          "--config: " + FindingsReport.counted(errors, "error") + " (expected: none)");
    }
    String name = "meshctl-" + UUID.randomUUID();
    ControlPlane controlPlane = ControlPlane.builder(store).inProcess(name).build();
    controlPlane.start();
    XdsConfigSource.Builder source =
        XdsConfigSource.builder(caller.node())
            .server("embedded", () -> InProcessChannelBuilder.forName(name).build());
    port.ifPresent(number -> source.registration(Registration.of("127.0.0.1", number)));
    return new Connection(
        mesh(source.build(), caller),
        () -> {
          controlPlane.close();
          caller.workload().close();
        });
  }

  /** Follows the control plane at this address. */
  static XdsConfigSource.Builder source(
      Options.HostPort server, Node node, Optional<PinnedTls> tls) {
    XdsConfigSource.Builder source = XdsConfigSource.builder(node);
    return tls.isPresent()
        ? source.server(server.toString(), tls.get())
        : source.server(server.toString());
  }

  private static Mesh mesh(XdsConfigSource source, Caller caller) {
    Mesh.Builder mesh =
        Mesh.builder(source)
            .observer(caller.observer())
            .configTimeout(caller.configTimeout())
            .semantics(caller.semantics());
    caller.workload().identity().ifPresent(mesh::identity);
    return mesh.build();
  }
}
