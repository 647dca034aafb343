package io.librarymesh.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * How the cost of changes grows with services, clients and the rate of changes: endpoints of one
 * service after the other change at even distances, and every client has all services.
 *
 * <p>When a response arrives is known, and how many resources it holds, not which. Since services
 * change in turn and changes that are sent together are one resource each, so many resources are so
 * many of the oldest changes that the client has not got yet. Where a response holds all services
 * that there are, it is taken to be about every change so far.
 */
final class Growth {

  private static final long PATIENCE_SECONDS = 300;
  private static final long SETTLE_MILLIS = 500;
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double MEDIAN = 0.5;
  private static final double LATE = 0.99;
  private static final double PERCENT = 100;

  private final List<Integer> services;
  private final List<Integer> clientCounts;
  private final List<Integer> rates;
  private final int seconds;
  private final List<String> options;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LoadLoop loop = new LoadLoop();

  /**
   * A table.
   *
   * @param rates changes a second
   * @param seconds how long each rate is kept up
   * @param options of the server's Java machine
   */
  Growth(
      List<Integer> services,
      List<Integer> clientCounts,
      List<Integer> rates,
      int seconds,
      List<String> options)
      throws IOException {
    this.services = services;
    this.clientCounts = clientCounts;
    this.rates = rates;
    this.seconds = seconds;
    this.options = options;
  }

  /** The changes of one row, as they were told; written by one thread, read on the loop. */
  private static final class Changes {

    private final long[] toldAt;
    private volatile int told;

    Changes(int most) {
      this.toldAt = new long[most];
    }

    void tell(long now) {
      int next = told; // Written by one thread only.
      toldAt[next] = now;
      told = next + 1;
    }
  }

  /** What one client got of them; confined to the loop. */
  private static final class Delivery {

    private final Changes changes;
    private final Latencies latencies;
    private final int services;
    private int got;
    private long responses;

    Delivery(Changes changes, Latencies latencies, int services) {
      this.changes = changes;
      this.latencies = latencies;
      this.services = services;
    }

    void arrived(long now, int resources) {
      responses++;
      int told = changes.told;
      int until = resources >= services ? told : Math.min(told, got + resources);
      for (; got < until; got++) {
        latencies.add(now - changes.toldAt[got]);
      }
    }
  }

  void run() throws IOException, InterruptedException {
    System.out.println(
        "| services | clients | changes a second | server CPU, percent of one processor | p50, ms"
            + " | p99, ms | changes a response | others |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (int count : services) {
      try (ServerProcess server = new ServerProcess("ours", count, options)) {
        run(server, count);
      }
    }
    timer.shutdownNow();
    loop.close();
  }

  private void run(ServerProcess server, int count) throws IOException, InterruptedException {
    int port = (int) server.ask("start 0");
    Wants wants = Wants.everything(Variant.DELTA, count);
    List<LoadClient> clients = new ArrayList<>();
    for (int all : clientCounts) {
      List<LoadClient> added = new ArrayList<>();
      CountDownLatch synced = new CountDownLatch(all - clients.size());
      for (int i = clients.size(); i < all; i++) {
        LoadClient client = new LoadClient(i, port, wants, loop, timer);
        client.expect(count, count, synced);
        added.add(client);
      }
      added.forEach(LoadClient::start);
      if (!synced.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.out.printf("%d clients were not served%n", synced.getCount());
      }
      clients.addAll(added);
      for (int rate : rates) {
        row(server, count, clients, rate);
      }
    }
    clients.forEach(LoadClient::close);
  }

  private void row(ServerProcess server, int count, List<LoadClient> clients, int rate)
      throws IOException, InterruptedException {
    Thread.sleep(SETTLE_MILLIS);
    int most = rate * seconds;
    Changes changes = new Changes(most);
    Latencies latencies = new Latencies();
    List<Delivery> deliveries = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    loop.execute(
        () -> {
          for (LoadClient client : clients) {
            Delivery delivery = new Delivery(changes, latencies, count);
            deliveries.add(delivery);
            client.arrivals(delivery::arrived);
          }
          begun.countDown();
        });
    begun.await();
    MachineTime before = MachineTime.now(server);
    change(server, count, rate, changes);
    waitFor(() -> latencies.count(), (long) most * clients.size());
    Thread.sleep(SETTLE_MILLIS);
    MachineTime after = MachineTime.now(server);
    long responses = deliveries.stream().mapToLong(delivery -> delivery.responses).sum();
    print(count, clients.size(), rate, before, after, latencies, responses);
  }

  private static void print(
      int services,
      int clients,
      int rate,
      MachineTime before,
      MachineTime after,
      Latencies latencies,
      long responses) {
    double share = (double) (after.server() - before.server()) / (after.clock() - before.clock());
    System.out.printf(
        Locale.ROOT,
        "| %d | %d | %d | %.1f | %.1f | %.1f | %.1f | %.0f %% |%n",
        services,
        clients,
        rate,
        PERCENT * share,
        latencies.quantile(MEDIAN),
        latencies.quantile(LATE),
        (double) latencies.count() / responses,
        PERCENT * after.othersSince(before));
  }

  private static void change(ServerProcess server, int count, int rate, Changes changes)
      throws IOException {
    long began = System.nanoTime();
    for (int i = 0; i < changes.toldAt.length; i++) {
      long due = began + (long) (i * NANOS_PER_SECOND / rate);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      changes.tell(System.nanoTime());
      server.ask("endpoint " + i % count);
    }
  }

  /** Of the loop's own count a late look is enough. */
  private static void waitFor(LongSupplier reached, long goal) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (reached.getAsLong() < goal && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }
}
