package io.librarymesh.testkit.conformance;

import io.librarymesh.config.AssignmentPolicy;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HttpProtocolOptions;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.OutlierDetection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the clusters of a {@code config}, and {@code hosts}. Defaults are Envoy's. */
final class ClusterReader {
  private static final long CONNECT_TIMEOUT = 5_000_000_000L;

  private ClusterReader() {}

  /**
   * The clusters that a case describes or gives hosts to.
   *
   * @param described the fields of each cluster by name
   */
  static Map<String, ClusterConfig> clusters(
      Map<String, CaseNode> described, Map<String, CaseNode> hosts) {
    Map<String, ClusterConfig> clusters = new LinkedHashMap<>();
    described.forEach((name, node) -> clusters.put(name, cluster(name, node)));
    for (String name : hosts.keySet()) {
      clusters.putIfAbsent(name, plain(name));
    }
    hosts.forEach(
        (name, node) -> clusters.computeIfPresent(name, (key, c) -> HostReader.with(c, node)));
    return clusters;
  }

  private static ClusterConfig plain(String name) {
    Cluster cluster =
        new Cluster(
            name,
            Cluster.Discovery.ENDPOINTS,
            LoadBalancing.DEFAULT,
            CONNECT_TIMEOUT,
            CircuitBreakers.ENVOY_DEFAULT,
            OutlierDetection.NONE);
    return ClusterConfig.of(cluster, List.of());
  }

  private static ClusterConfig cluster(String name, CaseNode node) {
    CaseFields fields = node.fields();
    Cluster.Discovery discovery =
        fields.read("discovery", Cluster.Discovery.ENDPOINTS, DnsReader::discovery);
    LoadBalancing balancing = LoadBalancingReader.read(fields);
    long connectTimeout = fields.nanos("connectTimeout", CONNECT_TIMEOUT);
    CircuitBreakers breakers =
        fields.read(
            "circuitBreakers", CircuitBreakers.ENVOY_DEFAULT, LimitsReader::circuitBreakers);
    OutlierDetection outliers =
        fields.read("outlierDetection", OutlierDetection.NONE, OutlierReader::outliers);
    AssignmentPolicy assignment = assignmentPolicy(fields);
    List<LocalityEndpoints> localities =
        fields.read("localityWeights", List.of(), ClusterReader::localityWeights);
    long maxStream = fields.nanos("maxStreamDuration", 0);
    long idle = fields.nanos("idleTimeout", HttpProtocolOptions.UNSAID);
    fields.end();
    return node.check(
        place ->
            new ClusterConfig(
                new Cluster(
                    name,
                    discovery,
                    balancing,
                    connectTimeout,
                    breakers,
                    outliers,
                    "",
                    new HttpProtocolOptions(0, idle, maxStream)),
                localities,
                assignment));
  }

  private static AssignmentPolicy assignmentPolicy(CaseFields cluster) {
    int overprovisioning = cluster.integer("overprovisioningPercent", 140);
    boolean weighted = cluster.flag("weightedPriorityHealth", false);
    FractionalPercent drop =
        cluster.read("dropOverload", FractionalPercent.NEVER, MatchReader::share);
    return cluster.owner().check(place -> new AssignmentPolicy(overprovisioning, weighted, drop));
  }

  /** Localities without hosts, which stand for their weights until there are some. */
  private static List<LocalityEndpoints> localityWeights(CaseNode node) {
    List<LocalityEndpoints> localities = new ArrayList<>();
    node.entries(CaseNode::integer)
        .forEach(
            (locality, weight) ->
                localities.add(
                    new LocalityEndpoints(HostReader.locality(locality), 0, weight, List.of())));
    return localities;
  }
}
