package io.librarymesh.testkit.conformance;

import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.config.LbPolicy.LeastRequest;
import io.librarymesh.config.LbPolicy.Maglev;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.config.LbPolicy.RoundRobin;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.LocalityBalancing;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Subsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads how the hosts of a cluster are chosen. Defaults are Envoy's. */
final class LoadBalancingReader {
  private LoadBalancingReader() {}

  /** Takes its fields from those of a cluster. */
  static LoadBalancing read(CaseFields cluster) {
    LbPolicy policy = cluster.read("lbPolicy", RoundRobin.DEFAULT, LoadBalancingReader::policy);
    LocalityBalancing localities =
        cluster.read(
            "localityBalancing", LocalityBalancing.None.INSTANCE, LoadBalancingReader::localities);
    Subsets subsets = cluster.read("subsets", Subsets.NONE, SubsetReader::subsets);
    int panic = cluster.integer("panicThresholdPercent", 50);
    Set<HealthStatus> statuses =
        cluster.read(
            "overrideHostStatuses",
            LoadBalancing.USABLE,
            node -> Set.copyOf(node.items(status -> status.constant(HealthStatus.class))));
    return cluster
        .owner()
        .check(place -> new LoadBalancing(policy, localities, subsets, panic, statuses));
  }

  /** Takes its fields from those of a retry policy. */
  static RetryPolicy.HostSelection hostSelection(CaseFields policy) {
    boolean previous = policy.flag("avoidPreviousHosts", false);
    boolean canary = policy.flag("omitCanaryHosts", false);
    List<Metadata> omitted =
        policy.list("omitHosts", node -> Metadata.of(HostReader.metadata(node)));
    boolean turnsDown = previous || canary || !omitted.isEmpty();
    int picks = turnsDown ? policy.integer("maxPicks", 1) : 0;
    int frequency = policy.integer("priorityUpdateFrequency", 0);
    return new RetryPolicy.HostSelection(previous, canary, omitted, picks, frequency);
  }

  private static LocalityBalancing localities(CaseNode node) {
    if (node.isText() && node.text().equals("WEIGHTED")) {
      return LocalityBalancing.Weighted.INSTANCE;
    }
    throw node.wrong("WEIGHTED");
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
                  case "ROUND_ROBIN" -> new RoundRobin(slowStart(fields));
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
        fields.read("activeRequestBias", 1.0, CaseNode::number),
        slowStart(fields));
  }

  private static SlowStart slowStart(CaseFields policy) {
    return policy.read(
        "slowStart",
        SlowStart.NONE,
        node -> {
          CaseFields fields = node.fields();
          long window = fields.required("window").nanos();
          double aggression = fields.read("aggression", 1.0, CaseNode::number);
          double minimum = fields.read("minWeightPercent", 10.0, CaseNode::number);
          fields.end();
          return node.check(place -> new SlowStart(window, aggression, minimum));
        });
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
