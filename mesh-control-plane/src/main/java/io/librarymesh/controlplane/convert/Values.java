package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Metadata;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values as files write them. */
final class Values {
  private Values() {}

  /** A map with one entry. */
  static Map<String, Object> of(String key, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }

  /** {@code 1h}, {@code 1s500ms}: Go reads it, and the Gateway API, which has no fractions. */
  static String duration(Duration duration) {
    StringBuilder text = new StringBuilder();
    part(duration.toHours(), "h", text);
    part(duration.toMinutesPart(), "m", text);
    part(duration.toSecondsPart(), "s", text);
    part(duration.toMillisPart(), "ms", text);
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void part(long number, String unit, StringBuilder text) {
    if (number != 0) {
      text.append(number).append(unit);
    }
  }

  /** A number without a fraction that is zero. */
  static Number number(double value) {
    return value == Math.rint(value) ? (Number) (long) value : (Number) value;
  }

  /**
   * A resource without its {@code spec}.
   *
   * @param like what it is made of, whose namespace, labels and annotations it takes over
   */
  static Map<String, Object> document(String apiVersion, String kind, String name, Metadata like) {
    Map<String, Object> metadata = of("name", name);
    if (!like.namespace().equals(Metadata.DEFAULT_NAMESPACE)) {
      metadata.put("namespace", like.namespace());
    }
    if (!like.labels().isEmpty()) {
      metadata.put("labels", like.labels());
    }
    Map<String, Object> annotations = new LinkedHashMap<>(like.annotations());
    // The text as kubectl applied it, which is another one now.
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    if (!annotations.isEmpty()) {
      metadata.put("annotations", annotations);
    }
    Map<String, Object> document = of("apiVersion", apiVersion);
    document.put("kind", kind);
    document.put("metadata", metadata);
    return document;
  }
}
