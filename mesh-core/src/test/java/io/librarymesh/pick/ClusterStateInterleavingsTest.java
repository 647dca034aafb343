package io.librarymesh.pick;

import io.librarymesh.Interleavings;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Hosts are picked, ejected, returned and replaced at once. */
@Param(name = "host", gen = IntGen.class, conf = "0:1")
public class ClusterStateInterleavingsTest {
  private static final ClusterConfig TWO = hosts(2);
  private static final ClusterConfig THREE = hosts(3);

  private final ClusterState cluster = ClusterState.create(TWO, (bound, draw) -> 0, () -> 0);
  private final List<HostState> first = cluster.hosts();

  private static ClusterConfig hosts(int count) {
    return Clusters.of(new LbPolicy.Random())
        .hosts(count)
        .outlierDetection(
            OutlierDetection.of(
                new OutlierDetection.Consecutive(new Detector(5, 100), Detector.OFF, Detector.OFF),
                false,
                new Ejection(1, 1, 1, 50)))
        .config();
  }

  /** The first host that is in rotation. */
  @Operation
  public String pick() {
    return cluster.pick((bound, draw) -> 0, PickRequest.ANY).toString();
  }

  @Operation
  public boolean eject(@Param(name = "host") int host) {
    return cluster.eject(first.get(host), 0);
  }

  @Operation
  public String counts() {
    return cluster.counts().toString();
  }

  @Operation
  public void returnAll() {
    cluster.returnEjected(10);
  }

  @Operation(nonParallelGroup = "updates")
  public void updateToTwo() {
    cluster.update(TWO);
  }

  @Operation(nonParallelGroup = "updates")
  public void updateToThree() {
    cluster.update(THREE);
  }

  @Test
  void areAllThoseOfOneThread() {
    Interleavings.checkSome(ClusterStateInterleavingsTest.class);
  }
}
