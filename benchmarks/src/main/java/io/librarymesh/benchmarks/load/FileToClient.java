package io.librarymesh.benchmarks.load;

import io.librarymesh.Mesh;
import io.librarymesh.benchmarks.Head;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * From a file that changes to a client of ours that enforces it: a directory that is watched, a
 * control plane, loopback, {@link XdsConfigSource}, {@link Mesh}. Each change gives the first route
 * of a service another name; a file is written aside and renamed.
 */
final class FileToClient {

  private static final String HOST = "reviews.default.svc.cluster.local";
  private static final int PORT = 80;
  private static final long LOOK_NANOS = 200_000;
  private static final long LEAST_PAUSE_MILLIS = 300;
  private static final int PAUSE_SPREAD_MILLIS = 200;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int WARM_UPS = 20;
  private static final Head REQUEST = new Head(HOST, "/");

  private FileToClient() {}

  /** Measures so many changes, and prints one line. */
  static void run(int changes) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("mesh-load");
    write(directory, 0);
    try (DirectoryStore store = DirectoryStore.open(directory);
        ControlPlane controlPlane =
            ControlPlane.builder(store)
                .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .registrationGrace(Duration.ZERO)
                .build()) {
      controlPlane.start();
      try (Mesh mesh =
          Mesh.builder(
                  XdsConfigSource.builder(Node.of("load"))
                      .server("127.0.0.1:" + controlPlane.port())
                      .build())
              .build()) {
        mesh.await(HOST, PORT, Duration.ofNanos(PATIENCE_NANOS));
        measure(directory, store, mesh, changes);
      }
    } finally {
      Files.deleteIfExists(directory.resolve("mesh.yaml"));
      Files.deleteIfExists(directory);
    }
  }

  private static void measure(Path directory, DirectoryStore store, Mesh mesh, int changes)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(1);
    Latencies enforced = new Latencies();
    Latencies read = new Latencies();
    long[] readAt = new long[1];
    store.subscribe(snapshot -> readAt[0] = System.nanoTime());
    for (int i = 1; i <= WARM_UPS + changes; i++) {
      Thread.sleep(LEAST_PAUSE_MILLIS + random.nextInt(PAUSE_SPREAD_MILLIS));
      write(directory, i);
      long began = System.nanoTime();
      String name = route(i);
      while (!mesh.explain(HOST, PORT, REQUEST).toString().contains(name)) {
        if (System.nanoTime() - began > PATIENCE_NANOS) {
          throw new IllegalStateException("change " + i + " (expected: in force by now)");
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
      if (i > WARM_UPS) {
        enforced.add(System.nanoTime() - began);
        read.add(readAt[0] - began);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "file to client: p50 %.1f ms, p99 %.1f ms of %d changes; until the store has read it"
            + " p50 %.1f ms, p99 %.1f ms%n",
        enforced.quantile(0.5),
        enforced.quantile(0.99),
        enforced.count(),
        read.quantile(0.5),
        read.quantile(0.99));
  }

  private static String route(int change) {
    return "route-" + change + "-x";
  }

  private static void write(Path directory, int change) throws IOException {
    Path aside = directory.resolve("mesh.yaml.new");
    String text =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: reviews}
        spec:
          hosts: [%1$s]
          ports: [{name: http, number: 80, protocol: HTTP}]
          resolution: STATIC
          endpoints: [{address: 10.0.0.1}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [%1$s]
          http:
          - name: %2$s
            route: [{destination: {host: %1$s}}]
        """
            .formatted(HOST, route(change));
    // As writers do who want to find the one or the other after a power cut.
    try (FileChannel channel =
        FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer content = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
    Files.move(aside, directory.resolve("mesh.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }
}
