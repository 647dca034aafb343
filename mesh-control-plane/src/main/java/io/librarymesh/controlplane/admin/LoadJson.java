package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.load.LoadSnapshot;
import io.librarymesh.controlplane.load.LoadSnapshot.ClientLoad;
import io.librarymesh.controlplane.load.LoadSnapshot.ClusterLoad;
import io.librarymesh.controlplane.load.LoadSnapshot.Counts;
import io.librarymesh.controlplane.load.LoadSnapshot.LocalityLoad;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reported load as shown; absent things left out. */
final class LoadJson {

  private LoadJson() {}

  static Map<String, Object> of(LoadSnapshot loads) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("windowSeconds", loads.windowSeconds());
    json.put("rows", loads.rows());
    json.put("rowsTurnedAway", loads.turnedAway());
    json.put("clients", loads.clients().stream().map(LoadJson::client).toList());
    return json;
  }

  private static Map<String, Object> client(ClientLoad client) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", client.node());
    json.put("reporting", client.streams() > 0);
    json.put("clusters", client.clusters().stream().map(LoadJson::cluster).toList());
    return json;
  }

  private static Map<String, Object> cluster(ClusterLoad cluster) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cluster", cluster.cluster());
    if (!cluster.service().isEmpty()) {
      json.put("service", cluster.service());
    }
    json.put("seconds", cluster.seconds());
    json.put("dropped", cluster.dropped());
    if (!cluster.drops().isEmpty()) {
      json.put("drops", cluster.drops());
    }
    json.put("localities", cluster.localities().stream().map(LoadJson::locality).toList());
    return json;
  }

  private static Map<String, Object> locality(LocalityLoad locality) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("locality", locality.locality());
    put(json, locality.counts());
    List<Map<String, Object>> endpoints = new ArrayList<>();
    locality
        .endpoints()
        .forEach(
            (address, counts) -> {
              Map<String, Object> endpoint = new LinkedHashMap<>();
              endpoint.put("address", address);
              put(endpoint, counts);
              endpoints.add(endpoint);
            });
    json.put("endpoints", endpoints);
    return json;
  }

  private static void put(Map<String, Object> json, Counts counts) {
    json.put("issued", counts.issued());
    json.put("successful", counts.successful());
    json.put("errors", counts.errors());
    json.put("inProgress", counts.inProgress());
  }
}
