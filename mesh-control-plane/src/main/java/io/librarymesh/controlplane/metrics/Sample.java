package io.librarymesh.controlplane.metrics;

import java.util.ArrayList;
import java.util.List;

/** Lines of Prometheus' text format. */
final class Sample {

  private Sample() {}

  /** {@code name{label="value"} 1}. */
  static String line(String name, List<String> labels, List<String> values, String number) {
    if (labels.isEmpty()) {
      return name + ' ' + number + '\n';
    }
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      pairs.add(labels.get(i) + "=\"" + escaped(values.get(i)) + '"');
    }
    return name + '{' + String.join(",", pairs) + "} " + number + '\n';
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /** Whole numbers without a fraction. */
  static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  static <T> List<T> and(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
