package io.librarymesh.attempt;

import io.librarymesh.Interleavings;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.CircuitBreakers.Thresholds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/** Attempts in flight and attempts that connect are counted as if one thread did it all. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class InFlightInterleavingsTest {
  private static final Thresholds BREAKERS =
      CircuitBreakers.of(CircuitBreakers.UNLIMITED, 1, 2, 1).defaultPriority();

  private final InFlight inFlight = new InFlight();

  /** What each thread has begun and not ended. */
  private final List<Deque<Admission>> begun =
      IntStream.rangeClosed(0, Interleavings.THREADS + 1)
          .<Deque<Admission>>mapToObj(i -> new ArrayDeque<>())
          .toList();

  @Operation
  public Admission begin(@Param(name = "thread") int thread, boolean hasConnection) {
    Admission admission = inFlight.tryBegin(BREAKERS, hasConnection);
    if (admission.admitted()) {
      begun.get(thread).push(admission);
    }
    return admission;
  }

  @Operation
  public boolean end(@Param(name = "thread") int thread) {
    Admission admission = begun.get(thread).poll();
    if (admission == null) {
      return false;
    }
    inFlight.end(admission == Admission.CONNECTING);
    return true;
  }

  @Operation
  public int requests() {
    return inFlight.requests();
  }

  @Operation
  public int pending() {
    return inFlight.pending();
  }

  @Test
  void areAllThoseOfOneThread() {
    Interleavings.check(InFlightInterleavingsTest.class);
  }
}
