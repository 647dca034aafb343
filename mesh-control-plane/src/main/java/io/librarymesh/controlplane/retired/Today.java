package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what is made of retired resources. Confined to one thread. */
final class Today {
  static final String AUTHORIZATION_POLICY = "AuthorizationPolicy";

  private static final String API_VERSION = "security.istio.io/v1";
  private static final String DRY_RUN = "istio.io/dry-run";
  private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final int LONGEST_NAME = 253;

  private final Set<List<String>> taken = new HashSet<>();
  private final List<Made> made = new ArrayList<>();
  private final Set<Remark> remarks = new LinkedHashSet<>();

  Today(Collection<Resource> resources) {
    for (Resource each : resources) {
      taken.add(
          List.of(each.kind().yamlName(), each.metadata().namespace(), each.metadata().name()));
    }
  }

  List<Made> made() {
    return made;
  }

  List<Remark> remarks() {
    return List.copyOf(remarks);
  }

  /** A document under a name that nothing of its kind has yet. */
  void make(
      String kind, String namespace, String name, List<Resource> from, Map<String, Object> spec) {
    make(kind, namespace, name, from, spec, false);
  }

  /**
   * The same.
   *
   * @param isTrial whether it is only noted what it would do
   */
  void make(
      String kind,
      String namespace,
      String name,
      List<Resource> from,
      Map<String, Object> spec,
      boolean isTrial) {
    Metadata like = from.get(0).metadata();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", free(kind, namespace, name));
    if (!namespace.equals(Metadata.DEFAULT_NAMESPACE)) {
      metadata.put("namespace", namespace);
    }
    if (!like.labels().isEmpty()) {
      metadata.put("labels", like.labels());
    }
    Map<String, Object> annotations = new LinkedHashMap<>(like.annotations());
    annotations.remove(APPLIED);
    if (isTrial) {
      annotations.put(DRY_RUN, "true");
    }
    if (!annotations.isEmpty()) {
      metadata.put("annotations", annotations);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("apiVersion", API_VERSION);
    document.put("kind", kind);
    document.put("metadata", metadata);
    document.put("spec", spec);
    made.add(new Made(from, document));
  }

  private String free(String kind, String namespace, String name) {
    String wanted = name.length() > LONGEST_NAME - 8 ? name.substring(0, LONGEST_NAME - 8) : name;
    String free = wanted;
    for (int i = 2; !taken.add(List.of(kind, namespace, free)); i++) {
      free = wanted + "-" + i;
    }
    return free;
  }

  void known(Resource of, SourcePosition at, String field, String message) {
    remarks.add(new Remark(of, at, field, Remark.Kind.KNOWN, message));
  }

  void changed(Resource of, SourcePosition at, String field, String message) {
    remarks.add(new Remark(of, at, field, Remark.Kind.CHANGED, message));
  }

  void problem(Resource of, SourcePosition at, String field, String message) {
    remarks.add(new Remark(of, at, field, Remark.Kind.PROBLEM, message));
  }

  /** A map with one entry. */
  static Map<String, Object> map(String key, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }

  /** A {@code spec} for workloads by their labels; none: of the whole namespace. */
  static Map<String, Object> selecting(Map<String, String> labels) {
    return labels.isEmpty()
        ? new LinkedHashMap<>()
        : map("selector", map("matchLabels", new LinkedHashMap<>(labels)));
  }
}
