package io.librarymesh.pick;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.pick.PriorityLevel.LocalHosts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Hosts with weights that add up to 1, as hashing policies take them. */
final class WeightedHosts {
  private static final String HASH_KEY = "hash_key";

  private final HostState[] hosts;
  private final double[] weights;

  /**
   * @param weights one for each host
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

  /** Hosts of a group by the weights of their localities; those without a weight are left out. */
  static WeightedHosts byLocality(List<LocalHosts> localities, HostGroup group) {
    double sum = localities.stream().mapToLong(LocalHosts::weight).sum();
    List<HostState> hosts = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    for (LocalHosts local : localities) {
      if (local.weight() > 0) {
        double share = local.weight() / sum;
        HostState[] members = local.hosts(group);
        double within = Arrays.stream(members).mapToLong(host -> host.endpoint().weight()).sum();
        for (HostState host : members) {
          hosts.add(host);
          weights.add(host.endpoint().weight() * share / within);
        }
      }
    }
    return new WeightedHosts(
        hosts.toArray(HostState[]::new), weights.stream().mapToDouble(d -> d).toArray());
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
