package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.HedgedAttempt;
import io.librarymesh.MeshCall;
import java.util.IdentityHashMap;
import java.util.function.Function;

/** What was begun beside the attempts of one call, until one of them answers. Any thread. */
final class Rivals {
  private final Hedges threads;
  private final IdentityHashMap<MeshCall, MeshExchange> exchanges = new IdentityHashMap<>(2);

  Rivals(Hedges threads) {
    this.threads = threads;
  }

  /**
   * Begins another attempt beside one that takes too long, if that is allowed.
   *
   * @param driver makes the exchange that drives the new call
   */
  void hedge(HedgedAttempt slow, Function<MeshCall, MeshExchange> driver) {
    MeshCall rival = slow.hedge();
    if (rival == null) {
      return;
    }
    MeshExchange exchange = driver.apply(rival);
    synchronized (this) {
      exchanges.put(rival, exchange);
    }
    if (!threads.tryRun(exchange::runBeside)) {
      rival.cancel();
    }
  }

  /** The exchange that drives {@code winner}. */
  synchronized MeshExchange of(MeshCall winner) {
    return requireNonNull(exchanges.get(winner), "winner");
  }

  /** Closes the answers that nobody wants any more. */
  synchronized void discard() {
    exchanges.values().forEach(MeshExchange::discardOffer);
  }
}
