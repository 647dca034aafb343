package io.librarymesh.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How a control plane bears many clients: a first synchronization of all, one endpoint that
 * changes, everything that changes, and an outage of 5 s. Every figure is of one run; the last
 * client counts.
 */
public final class ControlPlaneLoad {

  private static final long PATIENCE_SECONDS = 240;
  private static final long SETTLE_MILLIS = 300;
  private static final long OUTAGE_MILLIS = 5_000;

  /** Until a server that has run for a minute is what is measured, and not one that compiles. */
  private static final int WARM_UPS = Integer.getInteger("load.warm", 150);

  private static final long BREATH_MILLIS = 120;

  /** With their versions they fill the window of the server's end. */
  private static final int MOST_IN_ONE_REQUEST = 5_000;

  private static final double MEGA = 1e6;

  private final ServerProcess server;
  private final Variant variant;
  private final int services;
  private final int scope;
  private final int rounds;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LoadLoop loop = new LoadLoop();
  private final List<LoadClient> clients = new ArrayList<>();

  private ControlPlaneLoad(
      ServerProcess server, Variant variant, int services, int scope, int rounds)
      throws IOException {
    this.server = server;
    this.variant = variant;
    this.services = services;
    this.scope = scope;
    this.rounds = rounds;
  }

  /** What an operation took until the last client had it. */
  private record Cost(double millis, double cpuMillis, double bytes, double others) {}

  /** Something the server is told to do. */
  private interface Operation {
    void run() throws IOException, InterruptedException;
  }

  /**
   * Measures.
   *
   * @param args server ({@code ours}, {@code simple-cache}, {@code simple-cache-cached}), variant
   *     ({@code delta}, {@code sotw}), number of clients (1000), of services (1000), of services
   *     that a client asks for (0: all, by the wildcard), of rounds (20), heap of the server in MB
   *     (3072). Or {@code growth}: services (100,1000,10000), clients (100,300,1000), changes a
   *     second (1,10,100), seconds of each (10), heap of the server in MB (6144); see {@link
   *     Growth}. Or {@code file}: number of changes (100); see {@link FileToClient}
   */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "growth" ->
          new Growth(
                  numbers(args, 1, "100,1000,10000"),
                  numbers(args, 2, "100,300,1000"),
                  numbers(args, 3, "1,10,100"),
                  number(args, 4, 10),
                  options(number(args, 5, 6_144)))
              .run();
      case "file" -> FileToClient.run(number(args, 1, 100));
      default -> load(args);
    }
    System.exit(0);
  }

  private static List<Integer> numbers(String[] args, int index, String otherwise) {
    String list = args.length > index ? args[index] : otherwise;
    return Stream.of(list.split(",", -1)).map(Integer::valueOf).toList();
  }

  private static List<String> options(int heapMegabytes) {
    String heap = heapMegabytes + "m";
    List<String> options =
        new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+UseParallelGC"));
    options.addAll(Arrays.asList(System.getProperty("load.server", "").split(" ", 0)));
    options.removeIf(String::isEmpty);
    return options;
  }

  private static void load(String[] args) throws Exception {
    String kind = args[0];
    Variant variant = Variant.valueOf(args[1].toUpperCase(Locale.ROOT));
    int clients = number(args, 2, 1_000);
    int services = number(args, 3, 1_000);
    int scope = number(args, 4, 0);
    int rounds = number(args, 5, 20);
    List<String> options = options(number(args, 6, 3_072));
    System.out.printf(
        "%s %s: %d clients, %d services, %s in scope%n",
        kind, variant, clients, services, scope == 0 ? "all" : Integer.toString(scope));
    try (ServerProcess server = new ServerProcess(kind, services, options)) {
      new ControlPlaneLoad(server, variant, services, scope, rounds).run(clients);
    }
  }

  private static int number(String[] args, int index, int otherwise) {
    return args.length > index ? Integer.parseInt(args[index]) : otherwise;
  }

  private void run(int count) throws IOException, InterruptedException {
    int port = (int) server.ask("start 0");
    Wants everything = Wants.everything(variant, services);
    for (int i = 0; i < count; i++) {
      Wants wants = scope == 0 ? everything : Wants.some(variant, i, scope, services);
      clients.add(new LoadClient(i, port, wants, loop, timer));
    }
    boolean versions = variant == Variant.DELTA;
    clients.stream().limit(versions ? scope == 0 ? 1 : count : 0).forEach(LoadClient::remember);
    int all = everything.count();
    int each = scope == 0 ? all : scope;

    List<LoadClient> first = clients.subList(0, 1);
    print("one client", measure(first, each, each, () -> first.forEach(LoadClient::start)));
    long heapOfOne = server.ask("heap");
    List<LoadClient> others = clients.subList(1, count);
    print("first sync", measure(others, each, each, () -> others.forEach(LoadClient::start)));
    heap(heapOfOne, each);

    repeat("one endpoint", WARM_UPS, rounds, 0, 1, () -> server.ask("endpoint 0"));
    repeat("every cluster", 1, Math.max(1, rounds / 5), each, 0, () -> server.ask("clusters"));
    repeat("everything", 1, Math.max(1, rounds / 5), each, each, () -> server.ask("all"));
    if (services <= MOST_IN_ONE_REQUEST) {
      outage(port, versions, each);
      heap(heapOfOne, each);
    }
    clients.forEach(LoadClient::close);
    timer.shutdownNow();
    loop.close();
  }

  private void heap(long before, int each) throws IOException {
    double bytes = (double) (server.ask("heap") - before) / (clients.size() - 1);
    System.out.printf(
        Locale.ROOT, "%-14s %10.1f KB a client, of %d resources%n", "heap", bytes / 1e3, 2 * each);
  }

  private void repeat(
      String name, int warmUps, int times, int clusters, int endpoints, Operation operation)
      throws IOException, InterruptedException {
    List<Cost> costs = new ArrayList<>();
    for (int i = 0; i < warmUps + times; i++) {
      if (i < warmUps) {
        measure(clients, clusters, endpoints, operation, BREATH_MILLIS);
      } else {
        costs.add(measure(clients, clusters, endpoints, operation));
      }
    }
    double[] millis = costs.stream().mapToDouble(Cost::millis).sorted().toArray();
    print(
        name,
        new Cost(
            millis[millis.length / 2],
            mean(costs, Cost::cpuMillis),
            median(costs, Cost::bytes),
            median(costs, Cost::others)));
    System.out.printf(
        Locale.ROOT,
        "%-14s %10.1f ms the fastest, %.1f ms the slowest of %d rounds%n",
        "",
        millis[0],
        millis[millis.length - 1],
        millis.length);
  }

  /** Of what is counted in ticks of 10 ms. */
  private static double mean(List<Cost> costs, ToDoubleFunction<Cost> figure) {
    return costs.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> figure) {
    double[] sorted = costs.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private Cost measure(List<LoadClient> concerned, int clusters, int endpoints, Operation operation)
      throws IOException, InterruptedException {
    return measure(concerned, clusters, endpoints, operation, SETTLE_MILLIS);
  }

  private Cost measure(
      List<LoadClient> concerned,
      int clusters,
      int endpoints,
      Operation operation,
      long settleMillis)
      throws IOException, InterruptedException {
    CountDownLatch done = new CountDownLatch(concerned.size());
    concerned.forEach(client -> client.expect(clusters, endpoints, done));
    long bytes = concerned.stream().mapToLong(LoadClient::bytes).sum();
    MachineTime before = MachineTime.now(server);
    long began = System.nanoTime();
    operation.run();
    if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      System.out.printf("%d clients were not served%n", done.getCount());
    }
    long nanos = System.nanoTime() - began;
    Thread.sleep(settleMillis);
    MachineTime after = MachineTime.now(server);
    long received = concerned.stream().mapToLong(LoadClient::bytes).sum() - bytes;
    return new Cost(
        nanos / MEGA,
        (after.server() - before.server()) / MEGA,
        (double) received / concerned.size(),
        after.othersSince(before));
  }

  private static void print(String name, Cost cost) {
    System.out.printf(
        Locale.ROOT,
        "%-14s %10.1f ms until the last has it, %.0f ms of CPU, %.2f KB a client,"
            + " others took %.0f %%%n",
        name,
        cost.millis(),
        cost.cpuMillis(),
        cost.bytes() / 1e3,
        100 * cost.others());
  }

  /**
   * The server is gone for 5 s, in which one endpoint changes. Incremental clients say what they
   * have; the change tells when they have been served.
   */
  private void outage(int port, boolean versions, int each)
      throws IOException, InterruptedException {
    if (versions) {
      (scope == 0 ? clients.subList(0, 1) : clients).forEach(LoadClient::share);
    }
    server.ask("stop");
    Thread.sleep(OUTAGE_MILLIS);
    server.ask("endpoint 0");
    long attempts = clients.stream().mapToLong(LoadClient::attempts).sum();
    Cost cost =
        measure(
            clients, versions ? 0 : each, versions ? 1 : each, () -> server.ask("start " + port));
    print("outage", cost);
    attempts = clients.stream().mapToLong(LoadClient::attempts).sum() - attempts;
    System.out.printf(
        Locale.ROOT, "%-14s %10.2f attempts a client%n", "", (double) attempts / clients.size());
  }
}
