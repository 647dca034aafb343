package io.librarymesh.benchmarks.load;

import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Our control plane over a store in memory and a platform that tells endpoints. */
final class LibraryMeshTarget implements TargetServer {

  private final GeneratedMesh mesh;
  private @Nullable Sources sources;
  private @Nullable ControlPlane controlPlane;

  LibraryMeshTarget(GeneratedMesh mesh) {
    this.mesh = mesh;
  }

  @Override
  public int start(int port) throws IOException {
    Sources current = new Sources(mesh);
    sources = current;
    ControlPlane started =
        ControlPlane.builder(current)
            .endpoints(new Platform(current))
            .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .registrationGrace(Duration.ZERO)
            .build();
    started.start();
    controlPlane = started;
    return started.port();
  }

  @Override
  public void endpointsChanged(int service) {
    if (sources != null) {
      sources.tell(service);
    }
  }

  @Override
  public void clustersChanged() {
    if (sources != null) {
      sources.publish();
    }
  }

  @Override
  public void allChanged() {
    for (int i = 0; i < mesh.size(); i++) {
      mesh.changeEndpoint(i);
      endpointsChanged(i);
    }
    clustersChanged();
  }

  @Override
  public void stop() {
    if (controlPlane != null) {
      controlPlane.close();
      controlPlane = null;
      sources = null;
    }
  }

  /** Follows what the store's side tells. */
  private record Platform(Sources sources) implements EndpointSource {

    @Override
    public Subscription subscribe(Listener listener) {
      sources.endpoints = listener;
      for (int i = 0; i < sources.mesh.size(); i++) {
        sources.tell(i);
      }
      return () -> sources.endpoints = null;
    }

    @Override
    public void close() {
      sources.endpoints = null;
    }
  }

  /** A store of what was generated. */
  private static final class Sources implements ConfigStore {

    private final GeneratedMesh mesh;
    private volatile ConfigStore.@Nullable Listener config;
    private volatile EndpointSource.@Nullable Listener endpoints;
    private volatile ConfigSnapshot snapshot;

    Sources(GeneratedMesh mesh) {
      this.mesh = mesh;
      this.snapshot = new ConfigSnapshot(mesh.resources(), List.of(), 1);
    }

    void tell(int service) {
      EndpointSource.Listener listener = endpoints;
      if (listener != null) {
        listener.changed(GeneratedMesh.serviceName(service), mesh.endpoints(service));
      }
    }

    void publish() {
      snapshot = new ConfigSnapshot(mesh.resources(), List.of(), snapshot.generation() + 1);
      ConfigStore.Listener listener = config;
      if (listener != null) {
        listener.changed(snapshot);
      }
    }

    @Override
    public ConfigSnapshot snapshot() {
      return snapshot;
    }

    @Override
    public ConfigStore.Subscription subscribe(ConfigStore.Listener listener) {
      config = listener;
      return () -> config = null;
    }

    @Override
    public void close() {
      config = null;
    }
  }
}
