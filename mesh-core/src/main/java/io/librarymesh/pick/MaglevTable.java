package io.librarymesh.pick;

import io.librarymesh.config.LbPolicy;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.XxHash64;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table in which each host fills as many places as its weight says, in an order of its own, so
 * that few places change hands when a host goes. Source: Envoy {@code MaglevLoadBalancer}, after
 * Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", 3.4.
 */
final class MaglevTable implements LoadBalancer {
  private static final int FREE = -1;

  private final HostState[] hosts;

  /** For each place the index of a host: short while that is enough, to keep the table small. */
  private final short[] few;

  private final int[] many;

  private MaglevTable(HostState[] hosts, int[] places) {
    this.hosts = hosts;
    boolean small = hosts.length <= Short.MAX_VALUE;
    few = new short[small ? places.length : 0];
    many = small ? new int[0] : places;
    for (int i = 0; i < few.length; i++) {
      few[i] = (short) places[i];
    }
  }

  /**
   * Builds a table.
   *
   * @param members not empty
   */
  static MaglevTable of(WeightedHosts members, LbPolicy.Maglev policy) {
    List<Turn> turns =
        IntStream.range(0, members.size())
            .mapToObj(host -> Turn.of(members, host, policy))
            .sorted(Comparator.comparing(Turn::key))
            .toList();
    HostState[] hosts =
        turns.stream().map(turn -> members.host(turn.host)).toArray(HostState[]::new);
    return new MaglevTable(hosts, fill(turns, members.greatestWeight(), policy.tableSize()));
  }

  /**
   * Lets the hosts take places in turn; a host of a third of the greatest weight each third time.
   */
  private static int[] fill(List<Turn> turns, double greatestWeight, int size) {
    int[] places = new int[size];
    Arrays.fill(places, FREE);
    int filled = 0;
    for (int round = 1; filled < size; round++) {
      for (int i = 0; i < turns.size() && filled < size; i++) {
        Turn turn = turns.get(i);
        if (round * turn.weight >= turn.target) {
          turn.target += greatestWeight;
          places[turn.nextFree(places)] = i;
          filled++;
        }
      }
    }
    return places;
  }

  HostState host(int place) {
    return hosts[few.length > 0 ? few[place] : many[place]];
  }

  int size() {
    return Math.max(few.length, many.length);
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    // The complement of a small number has nearly all bits set and leads far away from the first.
    long mutated = repeat == 0 ? hash : hash ^ -(long) repeat;
    return host((int) Long.remainderUnsigned(mutated, size()));
  }

  /** A host while the table is filled. */
  private static final class Turn {
    private final int host;
    private final String key;
    private final double weight;
    private final int skip;
    private int place;
    private double target;

    private Turn(int host, String key, double weight, int offset, int skip) {
      this.host = host;
      this.key = key;
      this.weight = weight;
      this.place = offset;
      this.skip = skip;
    }

    static Turn of(WeightedHosts members, int host, LbPolicy.Maglev policy) {
      String key = members.hashKey(host, policy.hashing());
      int size = policy.tableSize();
      int offset = (int) Long.remainderUnsigned(XxHash64.hash(key), size);
      int skip = (int) Long.remainderUnsigned(XxHash64.hash(key, 1), size - 1) + 1;
      return new Turn(host, key, members.weight(host), offset, skip);
    }

    String key() {
      return key;
    }

    int nextFree(int[] places) {
      while (places[place] != FREE) {
        advance(places.length);
      }
      int free = place;
      advance(places.length);
      return free;
    }

    private void advance(int size) {
      place = (int) (((long) place + skip) % size);
    }
  }
}
