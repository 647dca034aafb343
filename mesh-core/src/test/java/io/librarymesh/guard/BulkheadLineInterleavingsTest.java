package io.librarymesh.guard;

import io.librarymesh.Interleavings;
import io.librarymesh.config.Bulkhead;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The one place of a bulkhead goes from call to call, and none that waits is forgotten. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class BulkheadLineInterleavingsTest {
  private final BulkheadLine line =
      new BulkheadLine(new CountingPermits().bulkhead("one", new Bulkhead(1, 0)));
  private final boolean[] inside = new boolean[Interleavings.THREADS + 2];
  private final BulkheadLine.@Nullable Place[] places =
      new BulkheadLine.Place[Interleavings.THREADS + 2];

  /** Whether the call runs now; it waits otherwise. */
  @Operation
  public boolean enter(@Param(name = "thread") int thread) {
    if (!inside[thread] && places[thread] == null) {
      inside[thread] = line.tryEnter();
      if (!inside[thread]) {
        places[thread] = line.join();
      }
    }
    return look(thread);
  }

  @Operation
  public boolean look(@Param(name = "thread") int thread) {
    BulkheadLine.Place place = places[thread];
    if (place != null && place.admitted()) {
      places[thread] = null;
      inside[thread] = true;
    }
    return inside[thread];
  }

  @Operation
  public boolean giveUp(@Param(name = "thread") int thread) {
    BulkheadLine.Place place = places[thread];
    if (place == null) {
      return false;
    }
    places[thread] = null;
    boolean waited = line.abandon(place);
    if (!waited) {
      line.leave();
    }
    return true;
  }

  @Operation
  public boolean leave(@Param(name = "thread") int thread) {
    if (!inside[thread]) {
      return false;
    }
    inside[thread] = false;
    line.leave();
    return true;
  }

  @Test
  void areAllThoseOfOneThread() {
    Interleavings.check(BulkheadLineInterleavingsTest.class);
  }
}
