package io.librarymesh.kubernetes;

import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import io.librarymesh.controlplane.registry.PlatformWorkload;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** The endpoints of a cluster as they are handed out. One thread tells; any may listen. */
final class EndpointChannel implements EndpointSource {
  private final ServiceEndpoints endpoints;
  private final PodWorkloads pods;
  private final Executor owner;
  private final Runnable end;
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Held while listeners are called, so that none is called after it was taken out. */
  private final Object telling = new Object();

  /**
   * @param endpoints read by {@code owner} only
   * @param pods read by {@code owner} only
   * @param end ends the source
   */
  EndpointChannel(ServiceEndpoints endpoints, PodWorkloads pods, Executor owner, Runnable end) {
    this.endpoints = endpoints;
    this.pods = pods;
    this.owner = owner;
    this.end = end;
  }

  /** To be called by the owner. */
  void tell(ServiceName service) {
    synchronized (telling) {
      if (!listeners.isEmpty()) {
        List<PlatformEndpoint> now = endpoints.of(service);
        listeners.forEach(listener -> listener.changed(service, now));
      }
    }
  }

  /** To be called by the owner. */
  void tell(WorkloadName pod) {
    synchronized (telling) {
      if (!listeners.isEmpty()) {
        Optional<PlatformWorkload> now = pods.of(pod);
        listeners.forEach(listener -> listener.changed(pod, now));
      }
    }
  }

  @Override
  public Subscription subscribe(Listener listener) {
    CompletableFuture.runAsync(
            () -> {
              endpoints.services().forEach(s -> listener.changed(s, endpoints.of(s)));
              pods.names().forEach(pod -> listener.changed(pod, pods.of(pod)));
              listeners.add(listener);
            },
            owner)
        .join();
    return () -> {
      synchronized (telling) {
        listeners.remove(listener);
      }
    };
  }

  @Override
  public void close() {
    synchronized (telling) {
      listeners.clear();
    }
    end.run();
  }
}
