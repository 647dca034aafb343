package io.librarymesh.xds;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler.Cancellable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the servers of the list that stand before the one in use, by connecting to them. The
 * stream in use is not touched until one of them is connected. Event loop only.
 */
final class ReturnProbe {
  /** Between two rounds: half of it at least, so that a fleet does not come back in one moment. */
  private static final int ROUND_MILLIS = 60_000;

  private static final Cancellable NOTHING = () -> {};

  /** Takes over a connection to an earlier server. */
  @FunctionalInterface
  interface Found {
    void take(int server, ManagedChannel channel);
  }

  private final EventLoop loop;
  private final List<ControlPlane> servers;
  private final RandomSource random;
  private final long connectTimeoutNanos;
  private final Found found;

  private int inUse;
  private Cancellable timer = NOTHING;
  private @Nullable ManagedChannel channel;

  ReturnProbe(
      EventLoop loop,
      List<ControlPlane> servers,
      RandomSource random,
      long connectTimeoutNanos,
      Found found) {
    this.loop = loop;
    this.servers = servers;
    this.random = random;
    this.connectTimeoutNanos = connectTimeoutNanos;
    this.found = found;
  }

  /** Looks for servers before this one, again and again. */
  void start(int serverInUse) {
    stop();
    inUse = serverInUse;
    int millis = ROUND_MILLIS / 2 + random.nextInt(ROUND_MILLIS / 2, Draw.RECONNECT_JITTER);
    timer = loop.schedule(() -> look(0), TimeUnit.MILLISECONDS.toNanos(millis));
  }

  void stop() {
    timer.cancel();
    timer = NOTHING;
    if (channel != null) {
      channel.shutdownNow();
      channel = null;
    }
  }

  private void look(int candidate) {
    if (candidate >= inUse) {
      start(inUse);
      return;
    }
    ManagedChannel opened;
    try {
      opened = servers.get(candidate).channels().get();
    } catch (RuntimeException e) {
      look(candidate + 1); // said already when the server was tried for use
      return;
    }
    channel = opened;
    timer = loop.schedule(() -> next(candidate), connectTimeoutNanos);
    watch(opened, candidate);
  }

  private void next(int candidate) {
    stop();
    look(candidate + 1);
  }

  private void watch(ManagedChannel watched, int candidate) {
    if (watched != channel) {
      return; // stopped meanwhile
    }
    ConnectivityState state = watched.getState(true);
    switch (state) {
      case READY -> {
        channel = null;
        stop();
        found.take(candidate, watched);
      }
      case TRANSIENT_FAILURE, SHUTDOWN -> next(candidate);
      case IDLE, CONNECTING ->
          watched.notifyWhenStateChanged(
              state, () -> loop.execute(() -> watch(watched, candidate)));
    }
  }
}
