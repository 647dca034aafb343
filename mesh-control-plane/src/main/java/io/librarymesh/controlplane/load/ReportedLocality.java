package io.librarymesh.controlplane.load;

import io.librarymesh.controlplane.load.LoadSnapshot.Counts;
import io.librarymesh.controlplane.load.LoadSnapshot.LocalityLoad;
import java.util.Map;
import java.util.TreeMap;

/**
 * A locality of a cluster.
 *
 * @param counts of all its endpoints
 * @param endpoints by address and port
 */
record ReportedLocality(LoadCounts counts, Map<String, LoadCounts> endpoints) {

  ReportedLocality(long nanos) {
    this(new LoadCounts(nanos), new TreeMap<>());
  }

  int rows() {
    return 1 + endpoints.size();
  }

  /** Forgets endpoints that are older than the window; true when the locality is, too. */
  boolean forgetOld(long nanos) {
    endpoints.values().removeIf(endpoint -> endpoint.isOld(nanos));
    return counts.isOld(nanos);
  }

  LocalityLoad at(String name, long nanos) {
    Map<String, Counts> all = new TreeMap<>();
    endpoints.forEach((address, endpoint) -> all.put(address, endpoint.at(nanos)));
    return new LocalityLoad(name, counts.at(nanos), all);
  }
}
