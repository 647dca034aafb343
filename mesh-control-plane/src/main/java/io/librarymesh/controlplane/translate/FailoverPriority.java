package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.ServiceEndpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many labels of a list, beginning with the first, an endpoint shares with the client; the more
 * the nearer. Source: Istio {@code LocalityLoadBalancerSetting.failoverPriority}.
 */
final class FailoverPriority {

  private static final String NETWORK = "topology.istio.io/network";
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String SUBZONE = "topology.istio.io/subzone";
  private static final String HOSTNAME = "kubernetes.io/hostname";

  /** What a Service's {@code trafficDistribution} compares. */
  static final List<String> SAME_ZONE = List.of(NETWORK, REGION, ZONE);

  static final List<String> SAME_NODE = List.of(NETWORK, REGION, ZONE, SUBZONE, HOSTNAME);

  /** Those of them that are not made of the locality. */
  static final Set<String> LABELS_OF_DISTRIBUTION = Set.of(NETWORK, HOSTNAME);

  private final List<String> labels;
  private final Map<String, String> wanted;

  /**
   * @param labels names, or {@code name=value} for a value that is not the client's
   */
  FailoverPriority(List<String> labels, ClientView client) {
    this.labels = labels;
    this.wanted = withTopology(client.labels(), client.locality());
    for (String label : labels) {
      int equals = label.indexOf('=');
      if (equals >= 0) {
        wanted.put(label.substring(0, equals), label.substring(equals + 1));
      }
    }
  }

  /** The name of a label that may have a value. */
  static String key(String label) {
    int equals = label.indexOf('=');
    return equals < 0 ? label : label.substring(0, equals);
  }

  /** 0 when all labels are the same; one more for each label from the first that is not. */
  int of(ServiceEndpoint endpoint) {
    Map<String, String> has = withTopology(endpoint.labels(), endpoint.locality());
    int otherNetwork = 0;
    for (int i = 0; i < labels.size(); i++) {
      String key = key(labels.get(i));
      if (!wanted.getOrDefault(key, "").equals(has.getOrDefault(key, ""))) {
        if (i > 0 || !key.equals(NETWORK)) {
          return otherNetwork + labels.size() - i;
        }
        // What is in another network comes after all that is not, but near comes before far there.
        otherNetwork = labels.size();
      }
    }
    return otherNetwork;
  }

  private static Map<String, String> withTopology(Map<String, String> labels, String locality) {
    Map<String, String> all = new HashMap<>(labels);
    String[] parts = locality.split("/", 3);
    List<String> names = List.of(REGION, ZONE, SUBZONE);
    for (int i = 0; i < parts.length; i++) {
      if (!parts[i].isEmpty()) {
        all.put(names.get(i), parts[i]);
      }
    }
    return all;
  }
}
