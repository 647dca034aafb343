package io.librarymesh.pick;

import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.XxHash64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Each host stands on the ring at many hashes, as many as its weight says; a request goes to the
 * first one at or after its own hash, compared unsigned, and from the end to the beginning again.
 * Source: Envoy {@code RingHashLoadBalancer}, after Ketama.
 */
final class HashRing implements LoadBalancer {
  private final long[] hashes;
  private final HostState[] hosts;

  private HashRing(List<Entry> entries) {
    hashes = entries.stream().mapToLong(Entry::hash).toArray();
    hosts = entries.stream().map(Entry::host).toArray(HostState[]::new);
  }

  /**
   * Builds a ring.
   *
   * @param members not empty
   */
  static HashRing of(WeightedHosts members, LbPolicy.RingHash policy) {
    double scale = scale(members, policy);
    List<Entry> entries = new ArrayList<>((int) Math.ceil(scale));
    // Both sums run over all hosts, so that fractions of an entry are not lost but go to a later
    // host.
    double target = 0;
    int placed = 0;
    for (int host = 0; host < members.size(); host++) {
      String prefix = members.hashKey(host, policy.hashing()) + "_";
      target += scale * members.weight(host);
      for (int i = 0; placed < target; i++) {
        entries.add(new Entry(hash(prefix + i, policy.function()), members.host(host)));
        placed++;
      }
    }
    entries.sort(Comparator.comparing(Entry::hash, Long::compareUnsigned));
    return new HashRing(entries);
  }

  /** How many entries all weights together are worth: a whole number for the lightest host. */
  private static double scale(WeightedHosts members, LbPolicy.RingHash policy) {
    double least = members.leastWeight();
    return Math.min(Math.ceil(least * policy.minimumSize()) / least, policy.maximumSize());
  }

  private static long hash(String key, HashFunction function) {
    return function == HashFunction.MURMUR_HASH_2 ? MurmurHash2.hash(key) : XxHash64.hash(key);
  }

  int size() {
    return hashes.length;
  }

  long hash(int index) {
    return hashes[index];
  }

  HostState host(int index) {
    return hosts[index];
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    return hosts[(int) ((ceiling(hash) + (long) repeat) % hosts.length)];
  }

  /** The index of the first entry that is not below {@code hash}; 0 when all are. */
  private int ceiling(long hash) {
    int low = 0;
    int high = hashes.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(hashes[middle], hash) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == hashes.length ? 0 : low;
  }

  private record Entry(long hash, HostState host) {}
}
