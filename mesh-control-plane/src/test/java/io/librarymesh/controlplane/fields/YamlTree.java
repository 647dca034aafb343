package io.librarymesh.controlplane.fields;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A document of maps, lists and scalars, and its fields by their place. */
final class YamlTree {
  private YamlTree() {}

  /** The places of all values that hold no others, each as its steps from the root. */
  static List<List<Object>> leaves(Object tree) {
    List<List<Object>> places = new ArrayList<>();
    collect(tree, List.of(), places);
    return places;
  }

  private static void collect(Object at, List<Object> place, List<List<Object>> places) {
    boolean holds =
        at instanceof Map<?, ?> fields
            ? !fields.isEmpty()
            : at instanceof List<?> entries && !entries.isEmpty();
    if (!holds) {
      places.add(place);
    }
    if (at instanceof Map<?, ?> map) {
      map.forEach((name, value) -> collect(value, plus(place, name), places));
    } else if (at instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(list.get(i), plus(place, i), places);
      }
    }
  }

  private static List<Object> plus(List<Object> place, Object step) {
    List<Object> longer = new ArrayList<>(place);
    longer.add(step);
    return List.copyOf(longer);
  }

  static Object at(Object tree, List<Object> place) {
    Object at = tree;
    for (Object step : place) {
      Object next =
          at instanceof Map<?, ?> map ? map.get(step) : ((List<?>) at).get((Integer) step);
      at = Objects.requireNonNull(next, "a value");
    }
    return at;
  }

  /** A copy without what stands at the place. */
  static Object without(Object tree, List<Object> place) {
    return edited(tree, place, Optional.empty()).orElse(Map.of());
  }

  /** A copy with another value at the place. */
  static Object with(Object tree, List<Object> place, Object value) {
    return edited(tree, place, Optional.of(value)).orElse(Map.of());
  }

  private static Optional<Object> edited(Object tree, List<Object> place, Optional<Object> value) {
    if (place.isEmpty()) {
      return value;
    }
    Object step = place.get(0);
    Optional<Object> inside =
        edited(at(tree, place.subList(0, 1)), place.subList(1, place.size()), value);
    if (tree instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>(map);
      inside.ifPresentOrElse(now -> copy.put(step, now), () -> copy.remove(step));
      return Optional.of(copy);
    }
    List<Object> copy = new ArrayList<>((List<?>) tree);
    int index = (Integer) step;
    inside.ifPresentOrElse(now -> copy.set(index, now), () -> copy.remove(index));
    return Optional.of(copy);
  }

  /** As JSON in one line, so that what stands in it moves nowhere when a field goes. */
  static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> fields = new ArrayList<>();
      map.forEach((name, field) -> fields.add(quoted(name) + ": " + json(field)));
      return "{" + String.join(", ", fields) + "}";
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(YamlTree::json).toList()) + "]";
    }
    return value instanceof String text ? quoted(text) : String.valueOf(value);
  }

  private static String quoted(Object text) {
    return "\"" + String.valueOf(text).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
