package io.librarymesh.pick;

import io.librarymesh.config.LbPolicy.SlowStart;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * How much of its weight a host has that joined a while ago: {@code max(least, (age / window) ^ (1
 * / aggression))}. Source: Envoy {@code EdfLoadBalancerBase::applySlowStartFactor}.
 *
 * <p>Picks read no clock: weights are worked out in steps of a hundredth of the window.
 */
final class SlowStartRamp {
  private static final long MIN_STEP = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  /** What a full weight of 1 is multiplied with, so that a part of it is a whole number. */
  private static final int GRAIN = 1_000;

  private static final long[] EQUAL = {};

  private SlowStartRamp() {}

  static double factor(SlowStart slowStart, long ageNanos) {
    if (ageNanos >= slowStart.windowNanos()) {
      return 1;
    }
    double age = (double) Math.max(MILLISECOND, ageNanos) / slowStart.windowNanos();
    double grown = slowStart.aggression() == 1 ? age : Math.pow(age, 1 / slowStart.aggression());
    return Math.max(grown, slowStart.minWeightPercent() / 100);
  }

  /** The weights of hosts by age; empty when all weigh the same. */
  static long[] weights(HostState[] hosts, SlowStart slowStart, long nowNanos) {
    int first = hosts[0].endpoint().weight();
    boolean full = true;
    boolean equal = true;
    for (HostState host : hosts) {
      full &= factor(slowStart, host.ageNanos(nowNanos)) == 1;
      equal &= host.endpoint().weight() == first;
    }
    if (full && equal) {
      return EQUAL;
    }
    long[] weights = new long[hosts.length];
    for (int i = 0; i < hosts.length; i++) {
      int weight = hosts[i].endpoint().weight();
      double factor = factor(slowStart, hosts[i].ageNanos(nowNanos));
      weights[i] = full ? weight : Math.max(1, Math.round(weight * factor * GRAIN));
    }
    return Arrays.stream(weights).allMatch(weight -> weight == weights[0]) ? EQUAL : weights;
  }

  /** Whether a host that is still young is older or younger than another healthy one. */
  static boolean isUneven(Collection<HostState> hosts, SlowStart slowStart, long nowNanos) {
    long youngest = Long.MAX_VALUE;
    long oldest = 0;
    for (HostState host : hosts) {
      long age = host.ageNanos(nowNanos);
      if (age < Long.MAX_VALUE) {
        youngest = Math.min(youngest, age);
        oldest = Math.max(oldest, age);
      }
    }
    return youngest < slowStart.windowNanos() && youngest < oldest;
  }

  static long stepNanos(SlowStart slowStart) {
    return Math.max(MIN_STEP, slowStart.windowNanos() / 100);
  }
}
