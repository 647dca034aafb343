package io.librarymesh.config;

/**
 * How one host is chosen among those that a call may go to. Source: Envoy {@code Cluster.lb_policy}
 * and {@code extensions.load_balancing_policies}.
 */
public sealed interface LbPolicy {
  /** How new hosts are brought in; only where a policy can do that. */
  default SlowStart slowStart() {
    return SlowStart.NONE;
  }

  /** Hosts in turn, each as often as its weight says. */
  record RoundRobin(SlowStart slowStart) implements LbPolicy {
    /** Without slow start. */
    public static final RoundRobin DEFAULT = new RoundRobin(SlowStart.NONE);
  }

  /**
   * The host with the fewest attempts in flight among some that are drawn, or among all.
   *
   * @param candidates how many are drawn, 2 by default; {@link #ALL} looks at all hosts
   * @param activeRequestBias how strongly attempts in flight count where weights differ, 1.0 by
   *     default; 0 leaves the choice to the weights
   */
  record LeastRequest(int candidates, double activeRequestBias, SlowStart slowStart)
      implements LbPolicy {
    /** Envoy's {@code FULL_SCAN}. */
    public static final int ALL = 0;

    /** Two candidates, a bias of 1.0, no slow start. */
    public static final LeastRequest DEFAULT = new LeastRequest(2, 1.0, SlowStart.NONE);

    public LeastRequest {
      if (candidates != ALL && candidates < 2) {
        throw new IllegalArgumentException(
            "candidates: " + candidates + " (expected: >= 2, or 0 for all)");
      }
      if (!(activeRequestBias >= 0)) {
        throw new IllegalArgumentException(
            "activeRequestBias: " + activeRequestBias + " (expected: >= 0)");
      }
    }
  }

  /** Any host, whatever its weight. */
  record Random() implements LbPolicy {}

  /**
   * The host that stands next on a ring of hashes. Source: Envoy {@code RingHashLbConfig}.
   *
   * @param minimumSize the ring has at least about as many entries, 1024 by default
   * @param maximumSize the ring has at most as many entries, 8388608 by default
   * @param function what the entries are hashed with; requests are always hashed with xxHash64
   */
  record RingHash(
      int minimumSize, int maximumSize, HashFunction function, ConsistentHashing hashing)
      implements LbPolicy {
    /** The largest ring that Envoy allows. */
    public static final int MAX_SIZE = 8_388_608;

    /** 1024 entries or a few more, hashed with xxHash64. */
    public static final RingHash DEFAULT =
        new RingHash(1024, MAX_SIZE, HashFunction.XX_HASH, ConsistentHashing.DEFAULT);

    public RingHash {
      if (maximumSize < 1 || maximumSize > MAX_SIZE) {
        throw new IllegalArgumentException(
            "maximumSize: " + maximumSize + " (expected: 1.." + MAX_SIZE + ")");
      }
      if (minimumSize < 0 || minimumSize > maximumSize) {
        throw new IllegalArgumentException(
            "minimumSize: " + minimumSize + " (expected: 0..maximumSize " + maximumSize + ")");
      }
    }
  }

  /**
   * The host that a table of hashes names. Source: Envoy {@code MaglevLbConfig} and the Maglev
   * paper.
   *
   * @param tableSize a prime, 65537 by default
   */
  record Maglev(int tableSize, ConsistentHashing hashing) implements LbPolicy {
    /** The largest table that Envoy allows. */
    public static final int MAX_TABLE_SIZE = 5_000_011;

    /** 65537 entries. */
    public static final Maglev DEFAULT = new Maglev(65_537, ConsistentHashing.DEFAULT);

    public Maglev {
      if (tableSize > MAX_TABLE_SIZE || !isPrime(tableSize)) {
        throw new IllegalArgumentException(
            "tableSize: " + tableSize + " (expected: a prime <= " + MAX_TABLE_SIZE + ")");
      }
    }

    private static boolean isPrime(int value) {
      for (int divisor = 2; (long) divisor * divisor <= value; divisor++) {
        if (value % divisor == 0) {
          return false;
        }
      }
      return value > 1;
    }
  }

  /** What the entries of a ring are hashed with. */
  enum HashFunction {
    XX_HASH,
    MURMUR_HASH_2
  }

  /**
   * What all hashing policies have in common. Source: Envoy {@code ConsistentHashingLbConfig}.
   *
   * @param byHostname whether a host stands for its name rather than its address and port; a host
   *     with a {@code hash_key} stands for that in any case
   * @param balanceFactorPercent how much more than the average a host may have in flight before
   *     calls go elsewhere, from 100; 0 means any number
   */
  record ConsistentHashing(boolean byHostname, int balanceFactorPercent) {
    /** By address, without a bound. */
    public static final ConsistentHashing DEFAULT = new ConsistentHashing(false, 0);

    public ConsistentHashing {
      if (balanceFactorPercent != 0 && balanceFactorPercent < 100) {
        throw new IllegalArgumentException(
            "balanceFactorPercent: " + balanceFactorPercent + " (expected: >= 100, or 0 for none)");
      }
    }
  }

  /**
   * How a host that has just joined gets its share little by little. Source: Envoy {@code
   * SlowStartConfig}.
   *
   * @param windowNanos how long that takes; 0 means that it does not happen
   * @param aggression above 1 the share grows fast at first; 1.0 by default, which is linear
   * @param minWeightPercent the share to begin with, 10 by default
   */
  record SlowStart(long windowNanos, double aggression, double minWeightPercent) {
    /** New hosts get their full share at once. */
    public static final SlowStart NONE = new SlowStart(0, 1.0, 10);

    public SlowStart {
      Ranges.requireNotNegative("windowNanos", windowNanos);
      if (!(aggression > 0)) {
        throw new IllegalArgumentException("aggression: " + aggression + " (expected: > 0)");
      }
      if (!(minWeightPercent >= 0 && minWeightPercent <= 100)) {
        throw new IllegalArgumentException(
            "minWeightPercent: " + minWeightPercent + " (expected: 0..100)");
      }
    }
  }
}
