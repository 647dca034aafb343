package io.librarymesh.controlplane.retired;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What retired resources are today, by cases that are data. */
class RetiredResourcesTest {
  private static final String GLOBAL_DENY = "generated-global-deny-all";

  private static final String SERVICES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: prod}
      spec:
        selector: {app: web}
        ports:
        - {name: http, port: 80, targetPort: 8080}
        - {name: admin, port: 9901}
        - {name: named, port: 81, targetPort: grpc}
      ---
      {apiVersion: v1, kind: Service, metadata: {name: api, namespace: prod}, spec: {selector: {app: api}, ports: [{port: 80}]}}
      ---
      {apiVersion: v1, kind: Service, metadata: {name: wide, namespace: prod}, spec: {selector: {tier: back}, ports: [{port: 80}]}}
      ---
      {apiVersion: v1, kind: Service, metadata: {name: narrow, namespace: prod}, spec: {selector: {tier: back, app: n}, ports: [{port: 80}]}}
      ---
      {apiVersion: v1, kind: Service, metadata: {name: bare, namespace: prod}, spec: {ports: [{port: 80}]}}
      ---
      {apiVersion: v1, kind: Service, metadata: {name: edge, namespace: istio-system}, spec: {selector: {istio: edge}, ports: [{port: 80}]}}
      """;

  static Stream<Named<Map<String, Object>>> authentication() {
    return cases("authentication");
  }

  static Stream<Named<Map<String, Object>>> rbac() {
    return cases("rbac");
  }

  private static Stream<Named<Map<String, Object>>> cases(String file) {
    try (InputStream in =
        RetiredResourcesTest.class.getResourceAsStream("/retired/" + file + ".yaml")) {
      List<?> cases =
          (List<?>)
              new Load(LoadSettings.builder().build())
                  .loadFromInputStream(Objects.requireNonNull(in));
      return cases.stream()
          .map(RetiredResourcesTest::map)
          .map(each -> Named.of(String.valueOf(each.get("row")), each));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("authentication")
  void authenticationIsThatOfToday(Map<String, Object> row) {
    RetiredResources retired = convert(list(row, "given"));

    assertThat(documents(retired.made())).isEqualTo(expected(row));
    remarks(retired, row);
  }

  @ParameterizedTest
  @MethodSource("rbac")
  void rolesArePoliciesOfToday(Map<String, Object> row) {
    List<Object> given = new ArrayList<>(list(row, "given"));
    Object config = row.getOrDefault("config", Map.of("mode", "ON"));
    if (!config.equals("none")) {
      given.add(document("ClusterRbacConfig", "default", "", config));
    }
    if (row.containsKey("rules")) {
      given.add(document("ServiceRole", "r", "prod", Map.of("rules", row.get("rules"))));
      Object binding =
          Map.of(
              "subjects",
              row.getOrDefault("subjects", List.of()),
              "roleRef",
              Map.of("kind", "ServiceRole", "name", "r"));
      given.add(document("ServiceRoleBinding", "b", "prod", binding));
    }
    RetiredResources retired = convert(given);

    List<Map<String, Object>> documents = documents(retired.made());
    if (!row.containsKey("config")) {
      assertThat(documents).anyMatch(each -> name(each).equals(GLOBAL_DENY));
      documents.removeIf(each -> name(each).equals(GLOBAL_DENY));
    }
    if (row.containsKey("rule")) {
      assertThat(documents)
          .singleElement()
          .satisfies(
              each ->
                  assertThat(each.get("spec"))
                      .isEqualTo(Map.of("action", "ALLOW", "rules", List.of(row.get("rule")))));
    } else {
      assertThat(documents).isEqualTo(expected(row));
    }
    remarks(retired, row);
  }

  private static String name(Map<String, Object> document) {
    return String.valueOf(map(Objects.requireNonNull(document.get("metadata"))).get("name"));
  }

  private static void remarks(RetiredResources retired, Map<String, Object> row) {
    words(retired, row, Remark.Kind.CHANGED, "changed");
    words(retired, row, Remark.Kind.PROBLEM, "problems");
    words(retired, row, Remark.Kind.KNOWN, "known");
  }

  private static void words(
      RetiredResources retired, Map<String, Object> row, Remark.Kind kind, String name) {
    List<String> texts =
        retired.remarks().stream()
            .filter(remark -> remark.kind() == kind)
            .map(remark -> remark.field() + ": " + remark.message())
            .toList();
    List<?> words = list(row, name);
    assertThat(texts).as(name).hasSameSizeAs(words);
    words.forEach(
        word -> assertThat(texts).as(name).anyMatch(text -> text.contains(String.valueOf(word))));
  }

  private static RetiredResources convert(List<?> given) {
    List<Resource> resources =
        new ArrayList<>(IstioReader.read("services.yaml", SERVICES).resources());
    for (int i = 0; i < given.size(); i++) {
      Map<String, Object> document = new LinkedHashMap<>(map(given.get(i)));
      String kind = String.valueOf(document.get("kind"));
      String group = kind.endsWith("Policy") ? "authentication" : "rbac";
      document.putIfAbsent("apiVersion", group + ".istio.io/v1alpha1");
      ParsedFile parsed = IstioReader.read(document, new SourcePosition("given.yaml", i + 1, 1));
      assertThat(parsed.findings()).filteredOn(f -> f.isError()).isEmpty();
      resources.addAll(parsed.resources());
    }
    return RetiredResources.of(resources, "cluster.local", "istio-system");
  }

  private static Map<String, Object> document(
      String kind, String name, String namespace, Object spec) {
    Map<String, Object> metadata = new LinkedHashMap<>(Map.of("name", name));
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    return Map.of("kind", kind, "metadata", metadata, "spec", spec);
  }

  private static List<Map<String, Object>> documents(List<Made> made) {
    List<Map<String, Object>> documents = new ArrayList<>();
    made.forEach(each -> documents.add(each.document()));
    return documents;
  }

  private static List<Map<String, Object>> expected(Map<String, Object> row) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Object each : list(row, "made")) {
      Map<String, Object> document = new LinkedHashMap<>(map(each));
      document.put("apiVersion", "security.istio.io/v1");
      document.putIfAbsent("kind", "AuthorizationPolicy");
      all.add(document);
    }
    return all;
  }

  private static List<?> list(Map<String, Object> row, String name) {
    return (List<?>) row.getOrDefault(name, List.of());
  }

  private static Map<String, Object> map(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, each) -> map.put(String.valueOf(key), each));
    return map;
  }
}
