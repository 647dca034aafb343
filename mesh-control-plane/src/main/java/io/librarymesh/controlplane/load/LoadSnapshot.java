package io.librarymesh.controlplane.load;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What clients reported within the window. Immutable.
 *
 * @param windowSeconds how far back it goes
 * @param rows how many counts are kept
 * @param turnedAway how many rows of reports were not kept since the start, for want of room
 * @param clients those that reported within the window or are connected, by node id
 */
public record LoadSnapshot(int windowSeconds, int rows, long turnedAway, List<ClientLoad> clients) {

  /** Copies the list. */
  public LoadSnapshot {
    clients = List.copyOf(clients);
  }

  /**
   * Requests.
   *
   * @param issued those that began within the window
   * @param successful those that ended well within the window
   * @param errors those that failed within the window
   * @param inProgress those that had not ended at the last report
   */
  public record Counts(long issued, long successful, long errors, long inProgress) {}

  /**
   * A client.
   *
   * @param node its node id
   * @param streams how many streams of it report now
   * @param clusters what it reported, by name
   */
  public record ClientLoad(String node, int streams, List<ClusterLoad> clusters) {

    /** Copies the list. */
    public ClientLoad {
      clusters = List.copyOf(clusters);
    }
  }

  /**
   * A cluster as one client calls it.
   *
   * @param cluster its name
   * @param service the name of its endpoints; empty when that is the cluster's
   * @param seconds for how long the reports within the window speak
   * @param dropped requests that the client did not send, on purpose
   * @param drops the same by category, as far as the client says it
   * @param localities by name
   */
  public record ClusterLoad(
      String cluster,
      String service,
      double seconds,
      long dropped,
      Map<String, Long> drops,
      List<LocalityLoad> localities) {

    /** Copies the collections. */
    public ClusterLoad {
      drops = Collections.unmodifiableMap(new TreeMap<>(drops));
      localities = List.copyOf(localities);
    }
  }

  /**
   * A locality of a cluster.
   *
   * @param locality {@code region/zone/subzone}; empty for none
   * @param counts of all its endpoints
   * @param endpoints by {@code address:port}, as far as the client tells them apart
   */
  public record LocalityLoad(String locality, Counts counts, Map<String, Counts> endpoints) {

    /** Copies the map, sorted. */
    public LocalityLoad {
      endpoints = Collections.unmodifiableMap(new TreeMap<>(endpoints));
    }
  }
}
