package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every field of Istio's own schema is a field of the reader. The schema is Istio's
 * CustomResourceDefinitions, where they lie beside the project; for each field a document that
 * holds it is made up and read.
 */
final class SchemaCoverageTest {

  @ParameterizedTest
  @FieldSource("io.librarymesh.controlplane.istio.CrdSchema#KINDS")
  void everyFieldOfTheSchemaIsReadWithItsType(String kind) {
    CrdSchema crd = CrdSchema.of(Corpus.folder(), kind);
    Map<?, ?> schema = crd.spec();
    List<List<String>> paths = crd.paths();

    assertThat(paths.size()).as("fields of %s", kind).isGreaterThanOrEqualTo(7);
    TreeSet<String> unread = new TreeSet<>();
    for (List<String> path : paths) {
      String text = document(kind, instance(schema, path, 0));
      Snippets.errors(text).stream()
          .filter(SchemaCoverageTest::concernsTheBinder)
          .forEach(finding -> unread.add(path + " -> " + finding));
    }
    assertThat(unread).isEmpty();
  }

  /** Made-up values break rules of meaning, which is not what is tested here. */
  private static boolean concernsTheBinder(Finding finding) {
    return finding.message().startsWith("unknown field")
        || finding.message().startsWith("expected a mapping")
        || finding.message().startsWith("expected a list")
        || finding.message().startsWith("expected a string")
        || finding.message().startsWith("expected a number")
        || finding.message().startsWith("expected a whole number")
        || finding.message().startsWith("expected true or false")
        || finding.message().startsWith("expected a duration")
        || finding.message().startsWith("expected one of");
  }

  /** A pattern that names no field would never say anything. */
  @ParameterizedTest
  @FieldSource("io.librarymesh.controlplane.istio.CrdSchema#KINDS")
  void everyPatternOfWhatIsNotInForceIsAFieldOfTheSchema(String kind) {
    Set<String> fields =
        CrdSchema.of(Corpus.folder(), kind).paths().stream()
            .map(path -> kind + ":spec." + String.join(".", path).replace(".[]", "[]"))
            .collect(Collectors.toSet());
    List<String> patterns =
        InForce.patterns().stream().filter(pattern -> pattern.startsWith(kind + ":")).toList();

    assertThat(fields).isNotEmpty().containsAll(patterns);
  }

  @Test
  void aFieldThatNoSchemaHasIsUnknown() {
    String text = document("WorkloadEntry", Map.of("address", "1.1.1.1", "adress", "1.1.1.1"));

    assertThat(Snippets.errors(text)).filteredOn(SchemaCoverageTest::concernsTheBinder).hasSize(1);
  }

  /** A value that holds the field at the end of the path and what the schema requires around it. */
  private static Object instance(Map<?, ?> schema, List<String> path, int step) {
    if (step == path.size()) {
      // The one enumeration that the schema does not list.
      return path.get(step - 1).equals("protocol") ? "HTTP" : leaf(schema);
    }
    String name = path.get(step);
    if (name.equals("[]")) {
      return List.of(instance((Map<?, ?>) CrdSchema.at(schema, "items"), path, step + 1));
    }
    if (name.equals("{}")) {
      Object value =
          instance((Map<?, ?>) CrdSchema.at(schema, "additionalProperties"), path, step + 1);
      return Map.of("key", value);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(
        name, instance((Map<?, ?>) CrdSchema.at(schema, "properties", name), path, step + 1));
    return object;
  }

  private static Object leaf(Map<?, ?> schema) {
    if (schema.get("enum") instanceof List<?> values) {
      return values.get(values.size() - 1);
    }
    String type = String.valueOf(schema.get("type"));
    return switch (type) {
      case "integer" -> 1;
      case "number" -> 1.5;
      case "boolean" -> true;
      case "array" -> List.of();
      case "object" -> Map.of();
      default ->
          String.valueOf(schema.get("x-kubernetes-validations")).contains("duration(self)")
                  || isDuration(schema)
              ? "1s"
              : "a";
    };
  }

  /** Three durations have no validation expression in the schema. */
  private static boolean isDuration(Map<?, ?> schema) {
    String description = String.valueOf(schema.get("description"));
    return description.contains("idle timeout")
        || description.contains("Lifetime of the cookie")
        || description.contains("budget");
  }

  private static String document(String kind, Object spec) {
    return "{\"apiVersion\": \"networking.istio.io/v1\", \"kind\": \""
        + kind
        + "\", \"metadata\": {\"name\": \"test\"}, \"spec\": "
        + json(spec)
        + "}";
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> fields = new ArrayList<>();
      map.forEach((name, field) -> fields.add("\"" + name + "\": " + json(field)));
      return "{" + String.join(", ", fields) + "}";
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(SchemaCoverageTest::json).toList()) + "]";
    }
    return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
  }
}
