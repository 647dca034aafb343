package io.librarymesh.testkit.conformance;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the {@code hosts} of a cluster. */
final class HostReader {
  private HostReader() {}

  /** The endpoints of a service by priority and locality, in the order they stand. */
  static List<LocalityEndpoints> endpoints(CaseNode node) {
    return localities(node, Map.of());
  }

  /** The cluster with these hosts, by priority and locality; localities keep their weights. */
  static ClusterConfig with(ClusterConfig config, CaseNode hosts) {
    Map<Locality, Integer> weights = new HashMap<>();
    config.localities().forEach(known -> weights.put(known.locality(), known.weight()));
    return new ClusterConfig(config.cluster(), localities(hosts, weights), config.policy());
  }

  private static List<LocalityEndpoints> localities(
      CaseNode hosts, Map<Locality, Integer> weights) {
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
                    localities.add(
                        new LocalityEndpoints(
                            locality, priority, weights.getOrDefault(locality, 0), endpoints))));
    return localities;
  }

  /** {@code region/zone/subzone}; less than that is a region, or a region and a zone. */
  static Locality locality(String text) {
    String[] parts = text.split("/", -1);
    return new Locality(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
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
    String hostname = fields.text("hostname", "");
    Metadata metadata = Metadata.of(fields.read("metadata", Map.of(), HostReader::metadata));
    Locality locality = locality(fields.text("locality", ""));
    int priority = fields.integer("priority", 0);
    fields.end();
    List<Placed> hosts = new ArrayList<>();
    for (int i = 1; i <= Math.max(1, count); i++) {
      String name = count == 0 ? host : host + i;
      Endpoint endpoint =
          node.check(place -> new Endpoint(name, 80, weight, health, hostname, labels, metadata));
      hosts.add(new Placed(endpoint, locality, priority));
    }
    return hosts;
  }

  static Map<String, MetadataValue> metadata(CaseNode node) {
    return node.entries(HostReader::value);
  }

  private static MetadataValue value(CaseNode node) {
    if (node.isList()) {
      return new MetadataValue.Items(node.items(HostReader::value));
    }
    if (!node.isText()) {
      return new MetadataValue.Fields(Metadata.of(metadata(node)));
    }
    return switch (node.text()) {
      case "true" -> new MetadataValue.Flag(true);
      case "false" -> new MetadataValue.Flag(false);
      default -> MetadataValue.of(node.text());
    };
  }

  private record Placed(Endpoint endpoint, Locality locality, int priority) {}
}
