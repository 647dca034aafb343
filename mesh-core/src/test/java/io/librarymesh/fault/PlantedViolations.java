package io.librarymesh.fault;

import io.grpc.Status;
import io.librarymesh.pick.ClusterState;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Logger;

/** Does, in a room, all that no room may do. Never run: the test of the rooms reads it. */
public final class PlantedViolations {
  private PlantedViolations() {}

  static String looksRight(ClusterState state) {
    return state.description();
  }

  static String knowsTheWire() {
    return Status.UNAVAILABLE.toString();
  }

  static void logs() {
    Logger.getLogger("planted").info("planted");
  }

  static long readsClocks() throws InterruptedException {
    Thread.sleep(1);
    return System.nanoTime() + System.currentTimeMillis() + Instant.now().getEpochSecond();
  }

  static double draws() {
    return ThreadLocalRandom.current().nextInt() + new SplittableRandom().nextInt() + Math.random();
  }
}
