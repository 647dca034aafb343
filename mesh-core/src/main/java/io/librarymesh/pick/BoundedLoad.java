package io.librarymesh.pick;

import io.librarymesh.random.RandomSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Hashing with a bound: a host that has its share of what is in flight in the whole cluster, and
 * some percent more, is passed over for the next one in an order that the hash decides. When all
 * are, the one that is least over its share is taken. Source: Envoy {@code
 * BoundedLoadHashingLoadBalancer}, after Mirrokni et al., "Consistent Hashing with Bounded Loads".
 *
 * <p>Looks at the load of every host on each pick, and makes garbage only where several threads
 * find their hosts full at the same time.
 */
final class BoundedLoad implements LoadBalancer {
  private final LoadBalancer hashing;
  private final WeightedHosts members;
  private final HostState[] all;
  private final int factorPercent;
  private final Map<PickResult, Double> weights = new HashMap<>();
  private final AtomicReference<Probe> idleProbe = new AtomicReference<>();

  /**
   * @param hashing picks among the members
   * @param all hosts of the cluster, of any priority and health: what is in flight anywhere counts
   */
  BoundedLoad(LoadBalancer hashing, WeightedHosts members, HostState[] all, int factorPercent) {
    this.hashing = hashing;
    this.members = members;
    this.all = all;
    this.factorPercent = factorPercent;
    for (int i = 0; i < members.size(); i++) {
      weights.put(members.host(i), members.weight(i));
    }
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    PickResult wanted = hashing.pick(random, hash, repeat);
    Double weight = weights.get(wanted);
    if (weight == null || !(wanted instanceof HostState host)) {
      return wanted;
    }
    long slots = slots();
    double load = load(host, weight, slots);
    return load <= 1.0 ? host : another(host, load, hash, slots);
  }

  /** The places of all hosts together, this attempt's included. */
  private long slots() {
    long active = 0;
    for (HostState host : all) {
      active += host.active();
    }
    return ((active + 1) * factorPercent + 99) / 100;
  }

  /** How full a host is; 1 is full. */
  private static double load(HostState host, double weight, long slots) {
    return host.active() / Math.max(1, Math.ceil(slots * weight));
  }

  private HostState another(HostState wanted, double wantedLoad, long hash, long slots) {
    Probe idle = idleProbe.getAndSet(null);
    Probe probe = idle == null ? new Probe(members.size()) : idle;
    probe.start(hash);
    HostState least = wanted;
    double leastLoad = wantedLoad;
    for (int i = 0; i < members.size() && leastLoad > 1.0; i++) {
      int index = probe.next();
      HostState host = members.host(index);
      double load = load(host, members.weight(index), slots);
      if (load < leastLoad) {
        least = host;
        leastLoad = load;
      }
    }
    idleProbe.set(probe);
    return least;
  }

  /** A shuffle of indexes that a seed decides, handed out one by one. */
  private static final class Probe {
    private final MersenneTwister random = new MersenneTwister();
    private final int[] indexes;
    private int next;

    Probe(int size) {
      indexes = new int[size];
    }

    void start(long seed) {
      random.seed((int) seed);
      Arrays.setAll(indexes, i -> i);
      next = 0;
    }

    int next() {
      int other = next + random.below(indexes.length - next);
      int index = indexes[other];
      indexes[other] = indexes[next];
      indexes[next++] = index;
      return index;
    }
  }
}
