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
  private final boolean hashing;

  /** For each of a hundred draws the index of a target; null when there is one target. */
  private final byte @Nullable [] targetByDraw;

  HostSet(
      List<HostState> hosts,
      HostCounts counts,
      LoadBalancer[] targets,
      boolean hashing,
      byte @Nullable [] targetByDraw) {
    this.hosts = hosts;
    this.counts = counts;
    this.targets = targets;
    this.hashing = hashing;
    this.targetByDraw = targetByDraw;
  }

  List<HostState> hosts() {
    return hosts;
  }

  HostCounts counts() {
    return counts;
  }

  /**
   * Picks a host. Where the policy hashes, the hash decides on the level too, so that equal
   * requests stay together.
   */
  PickResult pick(RandomSource random, PickRequest request, int repeat) {
    byte[] byDraw = targetByDraw;
    if (hashing) {
      long hash = request.hasHash() ? request.hash() : random.nextLong(Draw.HASH);
      int draw = byDraw == null ? 0 : byDraw[(int) Long.remainderUnsigned(hash, 100)];
      return targets[draw].pick(random, hash, repeat);
    }
    int draw = byDraw == null ? 0 : byDraw[random.nextInt(100, Draw.PRIORITY)];
    return targets[draw].pick(random, 0, repeat);
  }
}
