package io.librarymesh.pick;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import java.util.Arrays;

/** Hosts with weights that add up to 1, as hashing policies take them. */
final class WeightedHosts {
  private static final String HASH_KEY = "hash_key";

  private final HostState[] hosts;
  private final double[] weights;

  /**
   * @param hosts not empty
   */
  WeightedHosts(HostState[] hosts, double[] weights) {
    this.hosts = hosts;
    this.weights = weights;
  }

  /** Hosts by the weights of their endpoints. */
  static WeightedHosts of(HostState[] hosts) {
    double sum = Arrays.stream(hosts).mapToLong(host -> host.endpoint().weight()).sum();
    double[] weights =
        Arrays.stream(hosts).mapToDouble(host -> host.endpoint().weight() / sum).toArray();
    return new WeightedHosts(hosts, weights);
  }

  int size() {
    return hosts.length;
  }

  HostState host(int index) {
    return hosts[index];
  }

  double weight(int index) {
    return weights[index];
  }

  double leastWeight() {
    return Arrays.stream(weights).min().orElse(1);
  }

  double greatestWeight() {
    return Arrays.stream(weights).max().orElse(0);
  }

  /** What is hashed in place of a host. */
  String hashKey(int index, ConsistentHashing hashing) {
    Endpoint endpoint = hosts[index].endpoint();
    return endpoint
        .metadata()
        .text(HASH_KEY)
        .filter(key -> !key.isEmpty())
        .orElse(
            hashing.byHostname() && !endpoint.hostname().isEmpty()
                ? endpoint.hostname()
                : endpoint.hostPort());
  }
}
