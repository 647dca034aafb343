package io.librarymesh.testkit.conformance;

import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.config.LbPolicy.LeastRequest;
import io.librarymesh.config.LbPolicy.Maglev;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.config.LbPolicy.RoundRobin;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.LoadBalancing;
import java.util.Map;

/** Reads how the hosts of a cluster are chosen. Defaults are Envoy's. */
final class LoadBalancingReader {
  private LoadBalancingReader() {}

  /** Takes its fields from those of a cluster. */
  static LoadBalancing read(CaseFields cluster) {
    LbPolicy policy = cluster.read("lbPolicy", RoundRobin.DEFAULT, LoadBalancingReader::policy);
    int panic = cluster.integer("panicThresholdPercent", 50);
    return cluster.owner().check(place -> LoadBalancing.of(policy, panic));
  }

  /** A name, or a mapping from the name to what there is to say. */
  private static LbPolicy policy(CaseNode node) {
    if (node.isText()) {
      return switch (node.text()) {
        case "ROUND_ROBIN" -> RoundRobin.DEFAULT;
        case "LEAST_REQUEST" -> LeastRequest.DEFAULT;
        case "RANDOM" -> new LbPolicy.Random();
        case "RING_HASH" -> RingHash.DEFAULT;
        case "MAGLEV" -> Maglev.DEFAULT;
        default -> throw node.wrong("such as ROUND_ROBIN");
      };
    }
    Map.Entry<String, CaseNode> named = node.entries().entrySet().iterator().next();
    CaseFields fields = named.getValue().fields();
    LbPolicy policy =
        node.check(
            place ->
                switch (named.getKey()) {
                  case "LEAST_REQUEST" -> leastRequest(fields);
                  case "RING_HASH" -> ringHash(fields);
                  case "MAGLEV" -> maglev(fields);
                  default -> throw node.error(named.getKey() + " (expected: such as RING_HASH)");
                });
    fields.end();
    return policy;
  }

  private static LbPolicy leastRequest(CaseFields fields) {
    return new LeastRequest(
        fields.integer("candidates", 2),
        fields.read("activeRequestBias", 1.0, node -> Double.valueOf(node.text())),
        SlowStart.NONE);
  }

  private static LbPolicy ringHash(CaseFields fields) {
    return new RingHash(
        fields.integer("minimumSize", RingHash.DEFAULT.minimumSize()),
        fields.integer("maximumSize", RingHash.MAX_SIZE),
        fields.read("function", HashFunction.XX_HASH, node -> node.constant(HashFunction.class)),
        hashing(fields));
  }

  private static LbPolicy maglev(CaseFields fields) {
    return new Maglev(fields.integer("tableSize", Maglev.DEFAULT.tableSize()), hashing(fields));
  }

  private static ConsistentHashing hashing(CaseFields fields) {
    return new ConsistentHashing(
        fields.flag("byHostname", false), fields.integer("balanceFactorPercent", 0));
  }
}
