package io.librarymesh.pick;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Hosts for tests of hashing, by addresses that the tables of hashes know. */
final class Hosts {
  private Hosts() {}

  /** The hosts of the tables: 10.0.0.1 to 10.0.0.3, port 80. */
  static List<Endpoint> table() {
    return IntStream.rangeClosed(1, 3).mapToObj(i -> endpoint(i, 1)).toList();
  }

  static Endpoint endpoint(int last, int weight) {
    return new Endpoint("10.0.0." + last, 80, weight, HealthStatus.HEALTHY, Map.of());
  }

  static Endpoint named(int last, String hostname, String hashKey) {
    Metadata metadata =
        hashKey.isEmpty()
            ? Metadata.EMPTY
            : Metadata.of(Map.of("hash_key", MetadataValue.of(hashKey)));
    return new Endpoint(
        "10.0.0." + last, 80, 1, HealthStatus.HEALTHY, hostname, Map.of(), metadata);
  }

  /** Different hosts, half of the time of different weights. */
  static List<Endpoint> random(SplittableRandom random, int count) {
    boolean uneven = random.nextBoolean();
    List<Endpoint> hosts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String address = "10." + i + "." + random.nextInt(256) + "." + random.nextInt(256);
      int weight = uneven ? 1 + random.nextInt(9) : 1;
      hosts.add(
          new Endpoint(
              address, 1 + random.nextInt(65_535), weight, HealthStatus.HEALTHY, Map.of()));
    }
    return hosts;
  }

  static HostState[] states(List<Endpoint> endpoints) {
    return endpoints.stream().map(HostState::new).toArray(HostState[]::new);
  }

  static WeightedHosts weighted(List<Endpoint> endpoints) {
    return WeightedHosts.of(states(endpoints));
  }

  /** What a hashing balancer picks, as address and port. */
  static String pick(LoadBalancer balancer, long hash, int repeat) {
    return balancer.pick(Draws.none(), hash, repeat).toString();
  }
}
