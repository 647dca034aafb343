package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where rules and matches stand in their own documents, whatever they were merged into. */
final class RulePaths {
  private final Map<SourcePosition, String> paths = new HashMap<>();

  private RulePaths() {}

  static RulePaths of(AnalyzedMesh mesh) {
    RulePaths all = new RulePaths();
    for (VirtualService rules : mesh.all(VirtualService.class)) {
      for (int i = 0; i < rules.http().size(); i++) {
        String path = "spec.http[" + i + "]";
        all.add(rules.http().get(i).position(), path, rules.http().get(i).match(), ".match");
      }
    }
    for (GatewayRoute route : mesh.all(GatewayRoute.class)) {
      for (int i = 0; i < route.rules().size(); i++) {
        String path = "spec.rules[" + i + "]";
        all.add(route.rules().get(i).position(), path, route.rules().get(i).matches(), ".matches");
      }
    }
    return all;
  }

  private void add(
      SourcePosition position, String path, List<HttpMatchRequest> matches, String field) {
    paths.put(position, path);
    for (int i = 0; i < matches.size(); i++) {
      // A match may begin where its rule does; the rule is what is looked for then.
      paths.putIfAbsent(matches.get(i).position(), path + field + "[" + i + "]");
    }
  }

  /** The field path of what begins there; empty when nothing does. */
  String at(SourcePosition position) {
    return paths.getOrDefault(position, "");
  }
}
