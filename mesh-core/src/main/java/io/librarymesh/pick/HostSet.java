package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable view of a cluster's hosts with everything that a pick needs worked out. Made anew,
 * by a {@link HostSetCompiler}, when membership, health or an ejection changes.
 */
final class HostSet {
  private final List<HostState> hosts;
  private final HostCounts counts;
  private final LoadBalancer[] targets;

  /** For each of a hundred draws the index of a target; null when there is one target. */
  private final byte @Nullable [] targetByDraw;

  HostSet(
      List<HostState> hosts,
      HostCounts counts,
      LoadBalancer[] targets,
      byte @Nullable [] targetByDraw) {
    this.hosts = hosts;
    this.counts = counts;
    this.targets = targets;
    this.targetByDraw = targetByDraw;
  }

  List<HostState> hosts() {
    return hosts;
  }

  HostCounts counts() {
    return counts;
  }

  PickResult pick(RandomSource random) {
    byte[] byDraw = targetByDraw;
    int target = byDraw == null ? 0 : byDraw[random.nextInt(100, Draw.PRIORITY)];
    return targets[target].pick(random);
  }
}
