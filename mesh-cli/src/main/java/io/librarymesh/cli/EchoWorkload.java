package io.librarymesh.cli;

import io.librarymesh.Mesh;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.server.InboundFront;
import io.librarymesh.server.MeshHttpFilter;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An echo server and its place in the mesh. One with an identity listens on loopback, behind a port
 * that the mesh watches over.
 */
final class EchoWorkload implements AutoCloseable {
  /** By which callers use mutual TLS of themselves. Istio's label. */
  private static final String TLS_MODE = "security.istio.io/tlsMode";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final InetSocketAddress address;
  private final WorkloadOptions.Workload workload;
  private final EchoServer server;
  private final Optional<InboundFront> front;
  private int port;
  private Runnable leaving = () -> {};

  private EchoWorkload(
      InetSocketAddress address,
      WorkloadOptions.Workload workload,
      EchoServer server,
      Optional<InboundFront> front) {
    this.address = address;
    this.workload = workload;
    this.server = server;
    this.front = front;
    this.port = server.address().getPort();
  }

  /**
   * Starts a server; one with an identity can be called from when it is registered.
   *
   * @throws IOException when the address cannot be bound
   */
  static EchoWorkload start(
      InetSocketAddress address, EchoServer.Behaviour behaviour, WorkloadOptions.Workload workload)
      throws IOException {
    Optional<InboundFront> front = workload.identity().map(InboundFront::of);
    EchoServer server =
        front.isPresent()
            ? EchoServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                behaviour,
                workload.labels(),
                List.of(MeshHttpFilter.behind(front.get())))
            : EchoServer.start(address, behaviour, workload.labels());
    return new EchoWorkload(address, workload, server, front);
  }

  /**
   * Registers with the control plane until {@link #leave}.
   *
   * @throws IOException if the port of one with an identity cannot be bound, or stays closed
   */
  void register(Options.HostPort controlPlane, String name, Optional<String> group)
      throws IOException, InterruptedException {
    XdsConfigSource source =
        Connections.source(controlPlane, marked().node(name), workload.controlPlane()).build();
    Mesh.Builder builder = Mesh.builder(source);
    workload.identity().ifPresent(builder::identity);
    Mesh mesh = builder.build();
    leaving = mesh::close;
    if (front.isPresent()) {
      port = front.get().listen(mesh, address, server.address());
      source.register(registration(group).withReady(false));
      if (!front.get().await(PATIENCE)) {
        throw new IOException(
            "the control plane at "
                + controlPlane
                + " has not said who may call in "
                + PATIENCE.toSeconds()
                + " s");
      }
    }
    source.register(registration(group));
  }

  private Registration registration(Optional<String> group) {
    Registration own = Registration.of(address.getAddress().getHostAddress(), port);
    return group.map(own::withGroup).orElse(own);
  }

  private WorkloadOptions.Workload marked() {
    if (front.isEmpty()) {
      return workload;
    }
    Map<String, String> labels = new LinkedHashMap<>(workload.labels());
    labels.putIfAbsent(TLS_MODE, "istio");
    return new WorkloadOptions.Workload(
        workload.namespace(),
        workload.serviceAccount(),
        labels,
        workload.identity(),
        workload.controlPlane());
  }

  /** Where it is called. */
  int port() {
    return port;
  }

  /** Who it has proved to be, to be said after its name. */
  String known() {
    return workload
        .identity()
        .flatMap(IdentitySource::current)
        .map(known -> ", known as " + known.svid().id())
        .orElse("");
  }

  /** Takes it out of the mesh; who calls it all the same is answered. */
  void leave() {
    leaving.run();
  }

  @Override
  public void close() {
    leave();
    front.ifPresent(InboundFront::close);
    server.close();
  }
}
