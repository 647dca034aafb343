package io.librarymesh.controlplane.registry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A platform that keeps the endpoints of Kubernetes Services and knows the workloads that
 * ServiceEntries may select. Any thread may call.
 */
public interface EndpointSource extends AutoCloseable {

  /**
   * Tells the listener what is known now, before this returns, and every change from then on: one
   * call at a time, each service and workload in order. A service of which nothing was told has no
   * endpoints.
   *
   * @return ends the subscription when closed
   */
  Subscription subscribe(Listener listener);

  /** Follows no longer; no listener is called after this returns. */
  @Override
  void close();

  /**
   * A Kubernetes Service.
   *
   * @param namespace its namespace
   * @param name its name
   */
  record ServiceName(String namespace, String name) {}

  /** Opens a source when it is needed. */
  @FunctionalInterface
  interface Opener {

    /**
     * Opens it.
     *
     * @throws IOException when the platform cannot be reached
     */
    EndpointSource open() throws IOException;
  }

  /**
   * A workload of the platform; a Pod.
   *
   * @param namespace its namespace
   * @param name its name
   */
  record WorkloadName(String namespace, String name) {}

  /** Hears of endpoints and workloads. */
  interface Listener {

    /** The endpoints of a service from now on; none when the list is empty. */
    void changed(ServiceName service, List<PlatformEndpoint> endpoints);

    /** What a workload is from now on; absent when it is gone, or cannot serve any more. */
    void changed(WorkloadName name, Optional<PlatformWorkload> workload);
  }

  /** Ends a subscription. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {

    /** The listener is not called again once this has returned; may be called more than once. */
    @Override
    void close();
  }
}
