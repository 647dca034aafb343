package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable view of a cluster's hosts with everything that a pick needs worked out. Made anew,
 * by a {@link HostSetCompiler}, when membership, health or an ejection changes.
 */
final class HostSet {
  private final List<HostState> hosts;
  private final HostCounts counts;
  private final PriorityLoad load;
  private final boolean hashing;

  /** The healthy hosts of each level, or all in panic; then the degraded ones of each level. */
  private final LoadBalancer[] targets;

  /** For each of a hundred draws the index of a target; null when there is one with any load. */
  private final byte @Nullable [] targetByDraw;

  private final int loneTarget;

  /** By address; made when the first call asks for one. Making it twice does no harm. */
  private volatile @Nullable Map<String, HostState> byAddress;

  HostSet(
      List<HostState> hosts,
      HostCounts counts,
      PriorityLoad load,
      LoadBalancer[] targets,
      boolean hashing) {
    this.hosts = hosts;
    this.counts = counts;
    this.load = load;
    this.targets = targets;
    this.hashing = hashing;
    byte[] byDraw = load.targetByDraw();
    this.targetByDraw = byDraw[0] == byDraw[byDraw.length - 1] ? null : byDraw;
    this.loneTarget = byDraw[0];
  }

  List<HostState> hosts() {
    return hosts;
  }

  HostCounts counts() {
    return counts;
  }

  /** Whether a pick finds a host. */
  boolean mayPick() {
    if (targetByDraw == null) {
      return targets[loneTarget] != Balancers.NOBODY;
    }
    for (byte target : targetByDraw) {
      if (targets[target] != Balancers.NOBODY) {
        return true;
      }
    }
    return false;
  }

  /** The host with an address; null when there is none. */
  @Nullable HostState find(String address) {
    Map<String, HostState> known = byAddress;
    if (known == null) {
      known = new HashMap<>();
      for (HostState host : hosts) {
        known.putIfAbsent(host.endpoint().hostPort(), host);
      }
      byAddress = known;
    }
    return known.get(address);
  }

  /**
   * Picks a host. Where the policy hashes, the hash decides on the level too, so that equal
   * requests stay together.
   */
  PickResult pick(RandomSource random, PickRequest request, int repeat) {
    byte[] byDraw = targetByDraw;
    if (hashing) {
      long hash = request.hasHash() ? request.hash() : random.nextLong(Draw.HASH);
      int target = byDraw == null ? loneTarget : byDraw[(int) Long.remainderUnsigned(hash, 100)];
      return targets[target].pick(random, hash, repeat);
    }
    if (request.leavesOutPriorities()) {
      byDraw = request.adjust(load).targetByDraw();
    }
    int target = byDraw == null ? loneTarget : byDraw[random.nextInt(100, Draw.PRIORITY)];
    return targets[target].pick(random, 0, repeat);
  }
}
