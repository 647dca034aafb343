package io.librarymesh.controlplane.fields;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A document whose fields are looked at, and what stands beside it.
 *
 * @param kind its kind
 * @param spec what it says
 * @param beside documents that it needs, as JSON
 * @param others another value for fields of which one cannot be made up, by the last name on the
 *     way to the field
 */
record FieldCase(String kind, Object spec, List<String> beside, Map<?, ?> others) {

  private static final Map<String, String> API_VERSIONS =
      Map.of(
          "MeshConfig", "install.istio.io/v1alpha1",
          "HTTPRoute", "gateway.networking.k8s.io/v1",
          "GRPCRoute", "gateway.networking.k8s.io/v1",
          "Ingress", "networking.k8s.io/v1",
          "PeerAuthentication", "security.istio.io/v1",
          "RequestAuthentication", "security.istio.io/v1",
          "AuthorizationPolicy", "security.istio.io/v1");

  /** Blocks of a traffic policy that a single port has, too. */
  private static final List<String> OF_PORTS =
      List.of("loadBalancer", "connectionPool", "outlierDetection", "tls");

  /** Sends to the whole of a service and to a subset, so that it matters what both are. */
  private static final Object BOTH =
      new Load(LoadSettings.builder().build())
          .loadFromString(
              """
              apiVersion: networking.istio.io/v1
              kind: VirtualService
              metadata: {name: both, namespace: prod}
              spec:
                hosts: [reviews]
                http:
                - match: [{uri: {prefix: /v1}}]
                  route: [{destination: {host: reviews, subset: v1}}]
                - route: [{destination: {host: reviews}}]
              """);

  /** All cases of a kind. */
  static List<FieldCase> of(String kind) {
    List<FieldCase> cases = new ArrayList<>();
    for (Object each :
        (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text(kind))) {
      Map<?, ?> written = (Map<?, ?>) each;
      List<Object> beside = new ArrayList<>();
      beside.addAll((List<?>) Optional.<Object>ofNullable(written.get("beside")).orElse(List.of()));
      if (kind.equals("DestinationRule")) {
        beside.add(BOTH);
      }
      FieldCase found =
          new FieldCase(
              kind,
              Objects.requireNonNull(written.get("spec"), "spec"),
              beside.stream().map(YamlTree::json).toList(),
              (Map<?, ?>) Optional.<Object>ofNullable(written.get("others")).orElse(Map.of()));
      cases.add(found);
      if (kind.equals("DestinationRule")) {
        cases.addAll(found.elsewhere());
      }
    }
    return cases;
  }

  /** The text of a file beside the cases. */
  static String text(String name) {
    try (InputStream in = FieldCase.class.getResourceAsStream("/fields/" + name + ".yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Another value for a field, or null. */
  @Nullable Object other(List<Object> place) {
    Object last = place.isEmpty() ? "" : place.get(place.size() - 1);
    return last instanceof Integer && place.size() > 1
        ? others.get(place.get(place.size() - 2) + "[]")
        : others.get(last);
  }

  /** The document in one line, with another spec, and what stands beside it, a line each. */
  String documents(Object otherSpec) {
    String name = kind.equals("MeshConfig") ? "IstioOperator" : kind;
    String document =
        "{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"metadata\": {\"name\": \"test\", \"namespace\": \"prod\"}, \"spec\": %s}"
            .formatted(
                API_VERSIONS.getOrDefault(kind, "networking.istio.io/v1"),
                name,
                YamlTree.json(otherSpec));
    return String.join("\n---\n", plus(document));
  }

  private List<String> plus(String document) {
    List<String> all = new ArrayList<>(List.of(document));
    all.addAll(beside);
    return all;
  }

  /** The same policy in the other places that have one: a subset, a port, a port of a subset. */
  private List<FieldCase> elsewhere() {
    if (!(spec instanceof Map<?, ?> rule
        && rule.get("trafficPolicy") instanceof Map<?, ?> policy)) {
      return List.of();
    }
    Map<Object, Object> whole = new LinkedHashMap<>(policy);
    whole.remove("portLevelSettings");
    Map<Object, Object> port = new LinkedHashMap<>(whole);
    port.keySet().retainAll(OF_PORTS);
    List<FieldCase> cases = new ArrayList<>();
    cases.add(with(rule, null, whole));
    if (!port.isEmpty()) {
      port.put("port", Map.of("number", 9080));
      Map<String, Object> ofPort = Map.of("portLevelSettings", List.of(port));
      cases.add(with(rule, ofPort, null));
      cases.add(with(rule, null, ofPort));
    }
    return cases;
  }

  private FieldCase with(Map<?, ?> rule, @Nullable Object policy, @Nullable Object subsetPolicy) {
    Map<Object, Object> copy = new LinkedHashMap<>(rule);
    copy.remove("trafficPolicy");
    copy.remove("subsets");
    if (policy != null) {
      copy.put("trafficPolicy", policy);
    }
    if (subsetPolicy != null) {
      Map<String, Object> subset = new LinkedHashMap<>();
      subset.put("name", "v1");
      subset.put("labels", Map.of("version", "v1"));
      subset.put("trafficPolicy", subsetPolicy);
      copy.put("subsets", List.of(subset));
    }
    return new FieldCase(kind, copy, beside, others);
  }
}
