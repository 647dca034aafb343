package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of an object's status that is this control plane's. Of Istio's kinds it is two
 * conditions with names of their own, beside those of istiod; of the Gateway API's routes an entry
 * for each parent, with our name as the controller's. What others wrote is kept as it stands.
 */
final class ObjectStatus {
  /** Who says it, where the Gateway API asks. */
  static final String CONTROLLER = "librarymesh.io/control-plane";

  private static final String OWN_PREFIX = "librarymesh.io/";
  private static final String STATUS = "status";
  private static final String CONDITIONS = "conditions";
  private static final String PARENTS = "parents";
  private static final String PARENT_REF = "parentRef";
  private static final String CONTROLLER_NAME = "controllerName";
  private static final String SINCE = "lastTransitionTime";
  private static final String GENERATION = "observedGeneration";
  private static final Set<String> ROUTES = Set.of("HTTPRoute", "GRPCRoute");

  /**
   * Parents that clients of a mesh call; others, such as Gateways, have controllers of their own.
   */
  private static final Set<String> MESH_PARENTS = Set.of("Service", "ServiceEntry");

  private ObjectStatus() {}

  /**
   * The status as it should be.
   *
   * @param object as the API server has it
   * @return absent when it says so already
   */
  static Optional<Map<String, Object>> changed(
      GenericKubernetesResource object, ObjectVerdict verdict, Instant now) {
    Map<String, Object> before = mapping(object.getAdditionalProperties().get(STATUS));
    Map<String, Object> after = new LinkedHashMap<>(before);
    if (ROUTES.contains(object.getKind())) {
      after.put(PARENTS, parents(object, mappings(before.get(PARENTS)), verdict, now));
    } else {
      after.put(CONDITIONS, conditions(OWN_PREFIX, mappings(before.get(CONDITIONS)), verdict, now));
    }
    return after.equals(before) ? Optional.empty() : Optional.of(after);
  }

  private static List<Map<String, Object>> parents(
      GenericKubernetesResource route,
      List<Map<String, Object>> before,
      ObjectVerdict verdict,
      Instant now) {
    List<Map<String, Object>> after = new ArrayList<>(before);
    after.removeIf(parent -> CONTROLLER.equals(parent.get(CONTROLLER_NAME)));
    Map<String, Object> spec = mapping(route.getAdditionalProperties().get("spec"));
    for (Map<String, Object> ref : mappings(spec.get("parentRefs"))) {
      if (MESH_PARENTS.contains(String.valueOf(ref.get("kind")))) {
        after.add(parent(ref, before, verdict, now));
      }
    }
    return after;
  }

  private static Map<String, Object> parent(
      Map<String, Object> ref,
      List<Map<String, Object>> before,
      ObjectVerdict verdict,
      Instant now) {
    List<Map<String, Object>> said =
        before.stream()
            .filter(parent -> CONTROLLER.equals(parent.get(CONTROLLER_NAME)))
            .filter(parent -> ref.equals(parent.get(PARENT_REF)))
            .findFirst()
            .map(parent -> mappings(parent.get(CONDITIONS)))
            .orElse(List.of());
    Map<String, Object> parent = new LinkedHashMap<>();
    parent.put(PARENT_REF, ref);
    parent.put(CONTROLLER_NAME, CONTROLLER);
    parent.put(CONDITIONS, conditions("", said, verdict, now));
    return parent;
  }

  private static List<Map<String, Object>> conditions(
      String prefix, List<Map<String, Object>> before, ObjectVerdict verdict, Instant now) {
    boolean accepted = verdict.isAccepted();
    boolean resolved = verdict.isResolved();
    List<Map<String, Object>> after = new ArrayList<>(before);
    put(
        after,
        condition(
            prefix + "Accepted",
            accepted,
            accepted ? "Accepted" : "UnsupportedValue",
            verdict.acceptance(),
            verdict.generation()),
        now);
    put(
        after,
        condition(
            prefix + "ResolvedRefs",
            resolved,
            resolved ? "ResolvedRefs" : "BackendNotFound",
            verdict.resolution(),
            verdict.generation()),
        now);
    return after;
  }

  private static Map<String, Object> condition(
      String type, boolean holds, String reason, String message, long generation) {
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put(STATUS, holds ? "True" : "False");
    condition.put("reason", reason);
    condition.put("message", message);
    condition.put(GENERATION, generation);
    return condition;
  }

  /** In the place of the one of its type; its time is kept while it says the same. */
  private static void put(
      List<Map<String, Object>> conditions, Map<String, Object> condition, Instant now) {
    for (int i = 0; i < conditions.size(); i++) {
      Map<String, Object> before = conditions.get(i);
      if (Objects.equals(before.get("type"), condition.get("type"))) {
        Object since = before.get(SINCE);
        boolean same = Objects.equals(condition.get(STATUS), before.get(STATUS)) && since != null;
        condition.put(SINCE, same ? since : time(now));
        conditions.set(i, says(before, condition) ? before : condition);
        return;
      }
    }
    condition.put(SINCE, time(now));
    conditions.add(condition);
  }

  /** Numbers are compared as they are written: what is read may be of any width. */
  private static boolean says(Map<String, Object> before, Map<String, Object> condition) {
    return condition.entrySet().stream()
        .allMatch(
            entry ->
                entry.getValue().toString().equals(String.valueOf(before.get(entry.getKey()))));
  }

  private static String time(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** A mapping of a document; empty when there is none. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> mapping(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** The mappings of a list; none when there is no list. */
  static List<Map<String, Object>> mappings(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().filter(Map.class::isInstance).map(ObjectStatus::mapping).toList()
        : List.of();
  }
}
