package io.librarymesh.pick;

import io.librarymesh.pick.PriorityLevel.LocalHosts;
import java.math.BigInteger;
import java.util.List;

/**
 * The shares of the localities of a level: their weights, so far as their hosts are of the group.
 * With an overprovisioning factor of 140 a locality keeps its full weight down to 72 % of its
 * hosts. Source: Envoy {@code LocalityWrr}.
 */
final class LocalityWeights {
  private static final int FITTING_BITS = 40;

  private LocalityWeights() {}

  /**
   * Whole numbers in the ratio of the shares, one for each locality; 0 for one that gets nothing.
   */
  static long[] of(List<LocalHosts> localities, HostGroup group, int overprovisioningPercent) {
    BigInteger denominator = BigInteger.ONE;
    for (LocalHosts local : localities) {
      BigInteger total = BigInteger.valueOf(Math.max(1, local.hosts().size()));
      denominator = denominator.multiply(total).divide(denominator.gcd(total));
    }
    BigInteger[] shares = new BigInteger[localities.size()];
    BigInteger divisor = BigInteger.ZERO;
    int bits = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = share(localities.get(i), group, overprovisioningPercent, denominator);
      divisor = divisor.gcd(shares[i]);
      bits = Math.max(bits, shares[i].bitLength());
    }
    int excess = Math.max(0, bits - Math.max(0, divisor.bitLength() - 1) - FITTING_BITS);
    long[] fitting = new long[shares.length];
    for (int i = 0; i < shares.length; i++) {
      if (shares[i].signum() > 0) {
        fitting[i] = Math.max(1, shares[i].divide(divisor).shiftRight(excess).longValueExact());
      }
    }
    return fitting;
  }

  /** {@code weight * min(1, factor * share of hosts in the group)} over a common denominator. */
  private static BigInteger share(
      LocalHosts local, HostGroup group, int overprovisioningPercent, BigInteger denominator) {
    long total = local.hosts().size();
    if (total == 0) {
      return BigInteger.ZERO;
    }
    long available =
        Math.min(100 * total, (long) overprovisioningPercent * local.hosts(group).length);
    return BigInteger.valueOf(local.weight())
        .multiply(BigInteger.valueOf(available))
        .multiply(denominator.divide(BigInteger.valueOf(total)));
  }
}
