package io.librarymesh.pick;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * How calls are spread over the priority levels of a cluster, in percent, and which levels panic.
 * Source: Envoy {@code LoadBalancerBase}.
 *
 * <p>Each level takes what its health allows, stretched by the overprovisioning factor, and leaves
 * the rest to the next one; healthy hosts of any level come before degraded hosts of any level.
 */
final class PriorityLoad {
  private final int[] healthy;
  private final int[] degraded;
  private final boolean[] panic;

  /** How much each level could take, in percent, before that is shared out. */
  private final int[] healthyAvailability;

  private final int[] degradedAvailability;

  private PriorityLoad(int levels) {
    healthy = new int[levels];
    degraded = new int[levels];
    panic = new boolean[levels];
    healthyAvailability = new int[levels];
    degradedAvailability = new int[levels];
  }

  /** Percent of calls for the healthy hosts of a level; for all its hosts when it panics. */
  int healthy(int level) {
    return healthy[level];
  }

  /** Percent of calls for the degraded hosts of a level. */
  int degraded(int level) {
    return degraded[level];
  }

  /** Whether all hosts of a level are used, whatever their health. */
  boolean panic(int level) {
    return panic[level];
  }

  /** How many hosts of a level there are, or how much they weigh. */
  record Size(long total, long healthy, long degraded) {
    private int availability(long available, int overprovisioningPercent) {
      return total == 0 ? 0 : (int) Math.min(100, overprovisioningPercent * available / total);
    }
  }

  /**
   * Hosts of one level by health.
   *
   * @param health what the share of calls goes by: numbers of hosts, or their weights
   */
  record Level(int total, int healthy, int degraded, Size health) {
    /** Each host counts as one. */
    Level(int total, int healthy, int degraded) {
      this(total, healthy, degraded, new Size(total, healthy, degraded));
    }

    private boolean isBelow(int thresholdPercent) {
      return total == 0
          ? thresholdPercent > 0
          : 100L * (healthy + degraded) < (long) thresholdPercent * total;
    }
  }

  /**
   * Works the loads out; they add up to 100.
   *
   * @param levels at least one, by priority
   */
  static PriorityLoad of(Level[] levels, int overprovisioningPercent, int panicThresholdPercent) {
    PriorityLoad load = new PriorityLoad(levels.length);
    int[] healthy = load.healthyAvailability;
    int[] degraded = load.degradedAvailability;
    int available = 0;
    for (int i = 0; i < levels.length; i++) {
      Size size = levels[i].health;
      healthy[i] = size.availability(size.healthy, overprovisioningPercent);
      degraded[i] = size.availability(size.degraded, overprovisioningPercent);
      available += healthy[i] + degraded[i];
    }
    int normalized = Math.min(100, available);
    if (load.allPanic(levels, normalized, panicThresholdPercent)) {
      load.spreadByHostCount(levels);
    } else if (normalized == 0) {
      // Nobody can be picked; the load has to stand somewhere.
      load.healthy[0] = 100;
    } else {
      load.spreadByAvailability(healthy, degraded, normalized);
    }
    return load;
  }

  /**
   * The loads without some levels; null when no other level has a host to pick. Source: Envoy
   * {@code PreviousPrioritiesRetryPriority}.
   */
  @Nullable PriorityLoad without(BitSet levels) {
    PriorityLoad load = new PriorityLoad(panic.length);
    int available = 0;
    for (int i = 0; i < panic.length; i++) {
      load.panic[i] = panic[i];
      if (!levels.get(i)) {
        load.healthyAvailability[i] = healthyAvailability[i];
        load.degradedAvailability[i] = degradedAvailability[i];
        available += healthyAvailability[i] + degradedAvailability[i];
      }
    }
    if (available == 0) {
      return null;
    }
    load.spreadByAvailability(
        load.healthyAvailability, load.degradedAvailability, Math.min(100, available));
    return load;
  }

  /**
   * For each of a hundred draws who gets the call: {@code i} for the healthy hosts of level {@code
   * i}, and as many more for its degraded ones as there are levels.
   */
  byte[] targetByDraw() {
    // The order in which Envoy lays the loads side by side: all healthy ones, then all degraded.
    byte[] byDraw = new byte[100];
    int draw = 0;
    for (int target = 0; target < 2 * panic.length; target++) {
      int share = target < panic.length ? healthy[target] : degraded[target - panic.length];
      Arrays.fill(byDraw, draw, draw + share, (byte) target);
      draw += share;
    }
    return byDraw;
  }

  private boolean allPanic(Level[] levels, int normalized, int panicThresholdPercent) {
    boolean all = true;
    for (int i = 0; i < levels.length; i++) {
      panic[i] = normalized < 100 && levels[i].isBelow(panicThresholdPercent);
      all &= panic[i];
    }
    return all;
  }

  private void spreadByAvailability(int[] healthyShare, int[] degradedShare, int normalized) {
    int remaining = spread(healthyShare, healthy, 100, normalized);
    remaining = spread(degradedShare, degraded, remaining, normalized);
    // What is left comes from rounding down.
    int firstHealthy = firstPositive(healthyShare);
    if (firstHealthy >= 0) {
      healthy[firstHealthy] += remaining;
    } else {
      degraded[firstPositive(degradedShare)] += remaining;
    }
  }

  private static int spread(int[] shares, int[] load, int remaining, int normalized) {
    int left = remaining;
    for (int i = 0; i < shares.length; i++) {
      load[i] = Math.min(left, shares[i] * 100 / normalized);
      left -= load[i];
    }
    return left;
  }

  private void spreadByHostCount(Level[] levels) {
    int total = 0;
    for (Level level : levels) {
      total += level.total;
    }
    if (total == 0) {
      healthy[0] = 100;
      return;
    }
    int remaining = 100;
    int firstWithHosts = -1;
    for (int i = 0; i < levels.length; i++) {
      healthy[i] = (int) (100L * levels[i].total / total);
      remaining -= healthy[i];
      if (firstWithHosts < 0 && levels[i].total > 0) {
        firstWithHosts = i;
      }
    }
    healthy[firstWithHosts] += remaining;
  }

  private static int firstPositive(int[] values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] > 0) {
        return i;
      }
    }
    return -1;
  }
}
