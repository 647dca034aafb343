package io.librarymesh.testkit.conformance;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    hosts.forEach((name, node) -> clusters.computeIfPresent(name, (key, c) -> with(c, node)));
    return clusters;
  }

  /** The endpoints of a service, in the order they stand. */
  static List<Endpoint> endpoints(CaseNode node) {
    return placed(node).stream().map(Placed::endpoint).toList();
  }

  private static ClusterConfig plain(String name) {
    Cluster cluster =
        new Cluster(
            name,
            Cluster.Discovery.ENDPOINTS,
            Cluster.LbPolicy.ROUND_ROBIN,
            CONNECT_TIMEOUT,
            CircuitBreakers.ENVOY_DEFAULT,
            OutlierDetection.NONE,
            50);
    return ClusterConfig.of(cluster, List.of());
  }

  private static ClusterConfig cluster(String name, CaseNode node) {
    CaseFields fields = node.fields();
    Cluster.Discovery discovery =
        fields.read(
            "discovery",
            Cluster.Discovery.ENDPOINTS,
            value -> value.constant(Cluster.Discovery.class));
    Cluster.LbPolicy policy =
        fields.read(
            "lbPolicy",
            Cluster.LbPolicy.ROUND_ROBIN,
            value -> value.constant(Cluster.LbPolicy.class));
    long connectTimeout = fields.nanos("connectTimeout", CONNECT_TIMEOUT);
    CircuitBreakers breakers =
        fields.read(
            "circuitBreakers", CircuitBreakers.ENVOY_DEFAULT, LimitsReader::circuitBreakers);
    OutlierDetection outliers =
        fields.read("outlierDetection", OutlierDetection.NONE, ClusterReader::outliers);
    int panic = fields.integer("panicThresholdPercent", 50);
    int overprovisioning = fields.integer("overprovisioningPercent", 140);
    fields.end();
    return node.check(
        place ->
            new ClusterConfig(
                new Cluster(name, discovery, policy, connectTimeout, breakers, outliers, panic),
                List.of(),
                overprovisioning));
  }

  private static OutlierDetection outliers(CaseNode node) {
    CaseFields fields = node.fields();
    Detector fiveXx = fields.read("consecutive5xx", new Detector(5, 100), ClusterReader::detector);
    Detector gateway =
        fields.read("consecutiveGatewayFailure", new Detector(5, 0), ClusterReader::detector);
    Detector local =
        fields.read("consecutiveLocalOriginFailure", new Detector(5, 100), ClusterReader::detector);
    boolean split = fields.flag("splitLocalOriginErrors", false);
    OutlierDetection.Ejection ejection = ejection(fields);
    fields.end();
    return new OutlierDetection(fiveXx, gateway, local, split, ejection);
  }

  private static OutlierDetection.Ejection ejection(CaseFields fields) {
    OutlierDetection.Ejection otherwise = OutlierDetection.Ejection.DEFAULT;
    long interval = fields.nanos("interval", otherwise.intervalNanos());
    long base = fields.nanos("baseEjectionTime", otherwise.baseNanos());
    long max = fields.nanos("maxEjectionTime", Math.max(base, otherwise.maxNanos()));
    int percent = fields.integer("maxEjectionPercent", otherwise.maxPercent());
    return fields
        .owner()
        .check(place -> new OutlierDetection.Ejection(interval, base, max, percent));
  }

  private static Detector detector(CaseNode node) {
    CaseFields fields = node.fields();
    int threshold = fields.integer("threshold", 5);
    int enforcing = fields.required("enforcingPercent").integer();
    fields.end();
    return node.check(place -> new Detector(threshold, enforcing));
  }

  private static ClusterConfig with(ClusterConfig config, CaseNode hosts) {
    Map<Integer, Map<Locality, List<Endpoint>>> groups = new TreeMap<>();
    for (Placed host : placed(hosts)) {
      groups
          .computeIfAbsent(host.priority(), priority -> new LinkedHashMap<>())
          .computeIfAbsent(host.locality(), locality -> new ArrayList<>())
          .add(host.endpoint());
    }
    List<LocalityEndpoints> localities = new ArrayList<>();
    groups.forEach(
        (priority, byLocality) ->
            byLocality.forEach(
                (locality, endpoints) ->
                    localities.add(new LocalityEndpoints(locality, priority, endpoints))));
    return new ClusterConfig(config.cluster(), localities, config.overprovisioningPercent());
  }

  private static List<Placed> placed(CaseNode node) {
    List<Placed> hosts = new ArrayList<>();
    for (CaseNode item : node.items()) {
      if (item.isText()) {
        hosts.add(new Placed(Endpoint.of(item.text(), 80), Locality.NONE, 0));
      } else {
        hosts.addAll(described(item));
      }
    }
    return hosts;
  }

  private static List<Placed> described(CaseNode node) {
    CaseFields fields = node.fields();
    String host = fields.required("host").text();
    int count = fields.integer("count", 0);
    int weight = fields.integer("weight", 1);
    HealthStatus health =
        fields.read("health", HealthStatus.HEALTHY, value -> value.constant(HealthStatus.class));
    Map<String, String> labels =
        fields.read("labels", Map.of(), value -> value.entries(CaseNode::text));
    Locality locality = new Locality("", fields.text("zone", ""), "");
    int priority = fields.integer("priority", 0);
    fields.end();
    List<Placed> hosts = new ArrayList<>();
    for (int i = 1; i <= Math.max(1, count); i++) {
      String name = count == 0 ? host : host + i;
      Endpoint endpoint = node.check(place -> new Endpoint(name, 80, weight, health, labels));
      hosts.add(new Placed(endpoint, locality, priority));
    }
    return hosts;
  }

  private record Placed(Endpoint endpoint, Locality locality, int priority) {}
}
