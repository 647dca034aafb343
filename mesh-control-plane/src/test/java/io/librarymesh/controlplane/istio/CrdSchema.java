package io.librarymesh.controlplane.istio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema of a kind's spec in Istio's CustomResourceDefinitions. */
public record CrdSchema(Map<?, ?> spec) {
  /** The kinds whose every field is looked at. */
  public static final List<String> KINDS =
      List.of(
          "VirtualService",
          "DestinationRule",
          "ServiceEntry",
          "WorkloadEntry",
          "WorkloadGroup",
          "Sidecar",
          "Gateway",
          "PeerAuthentication",
          "RequestAuthentication",
          "AuthorizationPolicy");

  /** The schema of a kind, from the corpus. */
  public static CrdSchema of(Path corpus, String kind) {
    LoadSettings settings = LoadSettings.builder().setMaxAliasesForCollections(200).build();
    for (Object document : new Load(settings).loadAllFromString(text(corpus))) {
      if (kind.equals(at(document, "spec", "names", "kind"))) {
        List<?> versions = (List<?>) at(document, "spec", "versions");
        return new CrdSchema(
            (Map<?, ?>) at(versions.get(0), "schema", "openAPIV3Schema", "properties", "spec"));
      }
    }
    throw new AssertionError("no schema of " + kind);
  }

  private static String text(Path corpus) {
    try {
      return Files.readString(
          corpus.resolve("istio-crds").resolve("customresourcedefinitions.gen.yaml"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** All fields, as ways from the spec; "[]" is an item of a list, "{}" a value of a map. */
  public List<List<String>> paths() {
    List<List<String>> paths = new ArrayList<>();
    paths(spec, List.of(), paths);
    return paths;
  }

  /** The fields that hold no others, such as {@code http[].match[].headers{}.exact}. */
  public List<String> leaves() {
    List<String> all = paths().stream().map(CrdSchema::text).toList();
    return all.stream()
        .filter(
            field ->
                all.stream()
                    .noneMatch(
                        other ->
                            other.length() > field.length()
                                && other.startsWith(field)
                                && ".[{".indexOf(other.charAt(field.length())) >= 0))
        .toList();
  }

  private static String text(List<String> path) {
    return String.join(".", path).replace(".[]", "[]").replace(".{}", "{}");
  }

  private static void paths(Map<?, ?> schema, List<String> path, List<List<String>> paths) {
    if (!path.isEmpty()) {
      paths.add(path);
    }
    ((Map<?, ?>) at(schema, "properties"))
        .forEach((name, field) -> paths((Map<?, ?>) field, plus(path, (String) name), paths));
    if (schema.get("items") instanceof Map<?, ?> items) {
      paths(items, plus(path, "[]"), paths);
    }
    if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
      paths(values, plus(path, "{}"), paths);
    }
  }

  private static List<String> plus(List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    return List.copyOf(longer);
  }

  static Object at(Object value, String... names) {
    Object at = value;
    for (String name : names) {
      at = Optional.<Object>ofNullable(((Map<?, ?>) at).get(name)).orElse(Map.of());
    }
    return at;
  }
}
