package io.librarymesh.xds;

import io.librarymesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the wait for resources that one stream asked for. The time runs while the server is
 * connected; a stream that breaks takes its timers with it. Event loop only.
 */
final class AnswerTimers {
  /** What xDS recommends. */
  static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final EventLoop loop;
  private final ResourceTables tables;
  private final int server;
  private final List<Batch> running = new ArrayList<>();
  private List<Resource<?>> waiting = new ArrayList<>();
  private boolean ready;

  AnswerTimers(EventLoop loop, ResourceTables tables, int server) {
    this.loop = loop;
    this.tables = tables;
    this.server = server;
  }

  /** A request for these went out. */
  void requested(Iterable<? extends Resource<?>> resources) {
    resources.forEach(waiting::add);
    startIfReady();
  }

  /** The server is connected. */
  void ready() {
    ready = true;
    startIfReady();
  }

  private void startIfReady() {
    if (!ready || waiting.isEmpty()) {
      return;
    }
    Batch timer = new Batch(waiting);
    waiting = new ArrayList<>();
    running.removeIf(batch -> batch.over);
    timer.handle = loop.schedule(timer, TIMEOUT_NANOS);
    running.add(timer);
  }

  void cancel() {
    running.forEach(Batch::cancel);
    running.clear();
    waiting.clear();
  }

  /** Resources of one request, which are asked for in the same moment. */
  private final class Batch implements Runnable {
    private final List<Resource<?>> resources;
    private Cancellable handle = () -> {};
    private boolean over;

    Batch(List<Resource<?>> resources) {
      this.resources = resources;
    }

    @Override
    public void run() {
      over = true;
      for (Resource<?> resource : resources) {
        boolean answered = resource.source() == server && resource.decided(true);
        if (!answered && isSubscribed(resource)) {
          resource.expire("no answer from the control plane within 15 s", server);
        }
      }
    }

    void cancel() {
      handle.cancel();
    }
  }

  private boolean isSubscribed(Resource<?> resource) {
    return tables.all().stream().anyMatch(table -> table.contains(resource));
  }
}
