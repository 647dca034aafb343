package io.librarymesh.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;

/**
 * A server under load in a process of its own. Reads commands from its standard input, one a line,
 * and answers each with one line; ends with its input.
 *
 * <pre>
 * start PORT    serves; the port
 * stop          ends all streams
 * endpoint N    one endpoint of service N changes
 * clusters      every cluster changes
 * all           every cluster changes, and the endpoints of every service
 * cpu           nanoseconds of processor time that the process has used
 * heap          bytes of live objects, after collections
 * </pre>
 */
public final class LoadServer {

  /** How the line of an answer begins. */
  static final String ANSWER = "= ";

  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();
  private static final int COLLECTIONS = 4;

  private final GeneratedMesh mesh;
  private final TargetServer target;

  private LoadServer(GeneratedMesh mesh, TargetServer target) {
    this.mesh = mesh;
    this.target = target;
  }

  /**
   * Serves.
   *
   * @param args {@code ours}, {@code simple-cache} or {@code simple-cache-cached}; number of
   *     services
   */
  public static void main(String[] args) throws IOException {
    GeneratedMesh mesh = new GeneratedMesh(Integer.parseInt(args[1]));
    LoadServer server = new LoadServer(mesh, target(args[0], mesh));
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String command = commands.readLine();
    while (command != null) {
      System.out.println(ANSWER + server.run(command.split(" ", 2)));
      System.out.flush();
      command = commands.readLine();
    }
    server.target.stop();
    System.exit(0);
  }

  private static TargetServer target(String kind, GeneratedMesh mesh) {
    return switch (kind) {
      case "ours" -> new LibraryMeshTarget(mesh);
      case "simple-cache" -> new SimpleCacheTarget(mesh, false);
      case "simple-cache-cached" -> new SimpleCacheTarget(mesh, true);
      default ->
          throw new IllegalArgumentException(
              "server: " + kind + " (expected: ours, simple-cache or simple-cache-cached)");
    };
  }

  private long run(String[] command) throws IOException {
    return switch (command[0]) {
      case "start" -> target.start(Integer.parseInt(command[1]));
      case "stop" -> {
        target.stop();
        yield 0;
      }
      case "endpoint" -> {
        int service = Integer.parseInt(command[1]);
        mesh.changeEndpoint(service);
        target.endpointsChanged(service);
        yield service;
      }
      case "clusters" -> {
        mesh.changeAll();
        target.clustersChanged();
        yield 0;
      }
      case "all" -> {
        mesh.changeAll();
        target.allChanged();
        yield 0;
      }
      case "cpu" -> MACHINE.getProcessCpuTime();
      case "heap" -> live();
      default ->
          throw new IllegalArgumentException(
              "command: "
                  + command[0]
                  + " (expected: start, stop, endpoint, clusters, all, cpu or heap)");
    };
  }

  private static long live() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return MEMORY.getHeapMemoryUsage().getUsed();
  }
}
