package io.librarymesh.attempt;

import io.librarymesh.Interleavings;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One connection, one place to wait for it: both go from hand to hand as on one thread. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class LimitsInterleavingsTest {
  private static final ClusterState CLUSTER =
      Clusters.roundRobin()
          .hosts(1)
          .breakers(CircuitBreakers.of(1, 1, CircuitBreakers.UNLIMITED, 1))
          .state();

  private final Limits limits = Limits.of(CLUSTER, RoutingPriority.DEFAULT);
  private final Admission[] held = new Admission[Interleavings.THREADS + 2];
  private final @Nullable PendingAttempt[] places = new PendingAttempt[Interleavings.THREADS + 2];

  /** Asks for a connection, and waits for one where that is possible. */
  @Operation
  public Admission begin(@Param(name = "thread") int thread) {
    if (held[thread] != null || places[thread] != null) {
      return Admission.OVERFLOW_REQUESTS;
    }
    Admission admission = limits.tryBegin(null);
    if (admission == Admission.QUEUED) {
      places[thread] = limits.queue(null);
      return look(thread);
    }
    return keep(thread, admission);
  }

  /** How an attempt that waits stands now. */
  @Operation
  public Admission look(@Param(name = "thread") int thread) {
    PendingAttempt place = places[thread];
    if (place == null) {
      return Admission.OVERFLOW_REQUESTS;
    }
    Admission admission = place.admission();
    if (admission == Admission.QUEUED) {
      return admission;
    }
    places[thread] = null;
    return keep(thread, admission);
  }

  @Operation
  public boolean giveUp(@Param(name = "thread") int thread) {
    PendingAttempt place = places[thread];
    if (place == null) {
      return false;
    }
    places[thread] = null;
    place.abandon();
    return true;
  }

  @Operation
  public boolean end(@Param(name = "thread") int thread) {
    Admission admission = held[thread];
    if (admission == null) {
      return false;
    }
    held[thread] = null;
    limits.end(null, admission, true);
    return true;
  }

  private Admission keep(int thread, Admission admission) {
    if (admission.admitted()) {
      held[thread] = admission;
    }
    return admission;
  }

  @Test
  void areAllThoseOfOneThread() {
    Interleavings.check(LimitsInterleavingsTest.class);
  }
}
