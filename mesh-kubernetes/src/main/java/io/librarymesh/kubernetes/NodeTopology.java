package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the nodes of a cluster are, and so what runs on them. Confined to one thread. */
final class NodeTopology {
  private static final String REGION_LABEL = "topology.kubernetes.io/region";
  private static final String ZONE_LABEL = "topology.kubernetes.io/zone";
  private static final String SUBZONE_LABEL = "topology.istio.io/subzone";

  /** Istio's label with which a pod says where it is; {@code .} for {@code /}. */
  private static final String LOCALITY_LABEL = "istio-locality";

  private final Map<String, Place> nodes = new HashMap<>();

  private record Place(String region, String zone, String subzone) {
    static final Place UNKNOWN = new Place("", "", "");
  }

  /** Takes a node as it is now. Returns whether it is elsewhere than before. */
  boolean put(Node node) {
    Map<String, String> labels = node.getMetadata().getLabels();
    Map<String, String> known = labels == null ? Map.of() : labels;
    Place now =
        new Place(
            known.getOrDefault(REGION_LABEL, ""),
            known.getOrDefault(ZONE_LABEL, ""),
            known.getOrDefault(SUBZONE_LABEL, ""));
    return !now.equals(nodes.put(node.getMetadata().getName(), now));
  }

  /** Forgets a node. Returns whether it was known. */
  boolean remove(Node node) {
    return nodes.remove(node.getMetadata().getName()) != null;
  }

  /**
   * Where something runs, as {@code region/zone/subzone}; empty when that is not known.
   *
   * @param podLabels its pod's labels, which may say it
   * @param nodeName its node; null when it has none
   * @param zone its zone where something else than the node says it, null otherwise
   */
  String locality(Map<String, String> podLabels, @Nullable String nodeName, @Nullable String zone) {
    String said = podLabels.get(LOCALITY_LABEL);
    if (said != null && !said.isEmpty()) {
      return said.indexOf('/') >= 0 ? said : said.replace('.', '/');
    }
    Place node = nodeName == null ? Place.UNKNOWN : nodes.getOrDefault(nodeName, Place.UNKNOWN);
    String place = zone == null ? node.zone : zone;
    if (node.region.isEmpty() && place.isEmpty()) {
      return "";
    }
    return node.subzone.isEmpty()
        ? node.region + "/" + place
        : node.region + "/" + place + "/" + node.subzone;
  }
}
