package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** A server over a scripted store with services a, b, c (port 80) of namespace default. */
final class ServerFixture implements AutoCloseable {

  static final String CLUSTER_A = cluster("a");
  static final String CLUSTER_B = cluster("b");

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  final ScriptedStore store = new ScriptedStore();
  final Metrics metrics = new Metrics();
  final AdsServer server;
  final String name = InProcessServerBuilder.generateName() + INSTANCES.incrementAndGet();
  final ManagedChannel channel;

  ServerFixture() throws IOException {
    this(ServeLimits.DEFAULT.withLossGrace(Duration.ZERO), System::nanoTime);
  }

  ServerFixture(ServeLimits limits, LongSupplier nanoTime) throws IOException {
    server = new AdsServer(store, MeshConfig.DEFAULT, limits, new ServeMetrics(metrics), nanoTime);
    service("a");
    service("b");
    service("c");
    server.start(Optional.empty(), Optional.of(name), Duration.ZERO);
    channel = InProcessChannelBuilder.forName(name).build();
  }

  static String cluster(String service) {
    return "outbound|80||" + service + ".default.svc.cluster.local";
  }

  void service(String service) {
    store.put(
        "service-" + service + ".yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec:
          selector: {app: %1$s}
          ports: [{name: http, port: 80}]
        """
            .formatted(service));
  }

  /** The same Service, whose calls are kept with one host by a cookie, which a Listener says. */
  void session(String service, String cookie) {
    store.put(
        "service-" + service + ".yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, labels: {istio.io/persistent-session: %2$s}}
        spec:
          selector: {app: %1$s}
          ports: [{name: http, port: 80}]
        """
            .formatted(service, cookie));
  }

  void removeService(String service) {
    store.remove("service-" + service + ".yaml");
  }

  /** A rule for a service, distinguished by its timeout. */
  void rules(String service, int timeoutSeconds) {
    store.put(
        "rules-" + service + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %1$s}
        spec:
          hosts: [%1$s]
          http: [{timeout: %2$ds, route: [{destination: {host: %1$s}}]}]
        """
            .formatted(service, timeoutSeconds));
  }

  /** A policy for a service, distinguished by its limit of connections. */
  void policy(String service, int maxConnections) {
    store.put(
        "policy-" + service + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: %1$s}
        spec:
          host: %1$s
          trafficPolicy: {connectionPool: {tcp: {maxConnections: %2$d}}}
        """
            .formatted(service, maxConnections));
  }

  AdsStatus status() {
    return server.status().join();
  }

  /** Waits until the server's status is as expected. */
  AdsStatus await(String what, Predicate<AdsStatus> condition) {
    long start = System.nanoTime();
    AdsStatus status = status();
    while (!condition.test(status)) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(PATIENCE_NANOS);
      Thread.onSpinWait();
      status = status();
    }
    return status;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    store.close();
  }
}
