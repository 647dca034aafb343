package io.librarymesh.controlplane.convert;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** Which spellings are changed of which kinds; a further kind is a further entry. */
final class Spellings {
  private static final String ISTIO = "networking.istio.io";
  private static final String SECURITY = "security.istio.io";
  private static final String GATEWAY_API = "gateway.networking.k8s.io";

  private static final Set<String> VERSIONED = Set.of("v1alpha3", "v1beta1");

  /** The kinds of a group whose older versions have the form of v1. */
  private static final Map<String, Set<String>> SAME_IN_V1 =
      Map.of(
          ISTIO,
          Set.of(
              "VirtualService",
              "DestinationRule",
              "ServiceEntry",
              "WorkloadEntry",
              "WorkloadGroup",
              "Sidecar",
              "Gateway"),
          SECURITY,
          Set.of("PeerAuthentication"),
          GATEWAY_API,
          Set.of("HTTPRoute", "Gateway", "GatewayClass"));

  private static final Map<String, List<Spelling>> BY_KIND =
      Map.ofEntries(
          of(
              ISTIO,
              "VirtualService",
              SnakeCase::spell,
              OldBooleans::spell,
              VirtualServiceSpelling::spell),
          of(
              ISTIO,
              "DestinationRule",
              SnakeCase::spell,
              OldBooleans::spell,
              DestinationRuleSpelling::spell),
          of(ISTIO, "ServiceEntry", SnakeCase::spell),
          of(ISTIO, "WorkloadEntry", SnakeCase::spell),
          of(ISTIO, "WorkloadGroup", SnakeCase::spell),
          of(ISTIO, "Sidecar", SnakeCase::spell),
          of(ISTIO, "Gateway", SnakeCase::spell, OldBooleans::spell),
          of(SECURITY, "PeerAuthentication", SnakeCase::spell),
          of("authentication.istio.io", "Policy", SnakeCase::spell),
          of("authentication.istio.io", "MeshPolicy", SnakeCase::spell),
          of("rbac.istio.io", "ClusterRbacConfig", SnakeCase::spell),
          of("rbac.istio.io", "RbacConfig", SnakeCase::spell),
          of("rbac.istio.io", "ServiceRole", SnakeCase::spell),
          of("rbac.istio.io", "ServiceRoleBinding", SnakeCase::spell),
          of("librarymesh.io", "ResiliencePolicy", SnakeCase::spell));

  private Spellings() {}

  private static Map.Entry<String, List<Spelling>> of(
      String group, String kind, Spelling... spellings) {
    return Map.entry(group + "/" + kind, List.of(spellings));
  }

  /** Spells everything in a text that has an old spelling. */
  static void spell(Pass pass) {
    for (Node root : pass.text().documents()) {
      Block.of(pass.text(), root).ifPresent(document -> spell(document, "", "", pass));
    }
  }

  private static void spell(Block document, String apiVersion, String kind, Pass pass) {
    String version = document.text("apiVersion").orElse(apiVersion);
    String name = document.text("kind").orElse(kind);
    if (name.endsWith("List") && document.field("items").isPresent()) {
      String item = name.substring(0, name.length() - "List".length());
      version(document, version, item, pass);
      for (Block each : document.blocks("items")) {
        spell(each, item.isEmpty() ? "" : version, item, pass);
      }
      return;
    }
    version(document, version, name, pass);
    BY_KIND
        .getOrDefault(group(version) + "/" + name, List.of())
        .forEach(spelling -> spelling.spell(document, pass));
  }

  private static void version(Block document, String apiVersion, String kind, Pass pass) {
    String group = group(apiVersion);
    boolean old = VERSIONED.contains(apiVersion.substring(apiVersion.indexOf('/') + 1));
    if (old && SAME_IN_V1.getOrDefault(group, Set.of()).contains(kind)) {
      document
          .field("apiVersion")
          .ifPresent(field -> pass.change(BlockEdits.retext(field, group + "/v1")));
    }
  }

  private static String group(String apiVersion) {
    return apiVersion.substring(0, Math.max(0, apiVersion.indexOf('/')));
  }
}
