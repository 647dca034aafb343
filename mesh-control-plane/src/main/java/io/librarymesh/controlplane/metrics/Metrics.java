package io.librarymesh.controlplane.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * All numbers of one control plane. Names are Prometheus' own: letters, digits and underscores; a
 * name is given once.
 */
public final class Metrics {

  private static final Comparator<List<String>> BY_VALUES =
      Comparator.comparing(values -> String.join("\0", values));

  private final Map<String, Consumer<StringBuilder>> families = new LinkedHashMap<>();

  /** Numbers that only grow. */
  public Series<Amount> counter(String name, String help, String... labels) {
    return amounts(name, help, "counter", labels);
  }

  /** Numbers that go up and down. */
  public Series<Amount> gauge(String name, String help, String... labels) {
    return amounts(name, help, "gauge", labels);
  }

  /** A number that is worked out when it is asked for, which must not take long. */
  public void gauge(String name, String help, DoubleSupplier number) {
    computed(name, help, "gauge", number);
  }

  /** The same for one that only grows. */
  public void counter(String name, String help, DoubleSupplier number) {
    computed(name, help, "counter", number);
  }

  private void computed(String name, String help, String type, DoubleSupplier number) {
    family(
        name,
        help,
        type,
        text ->
            text.append(
                Sample.line(name, List.of(), List.of(), Sample.number(number.getAsDouble()))));
  }

  private Series<Amount> amounts(String name, String help, String type, String... labels) {
    Series<Amount> series = new Series<>(List.of(labels), Amount::new);
    family(
        name,
        help,
        type,
        text ->
            each(
                series,
                (values, amount) ->
                    text.append(
                        Sample.line(
                            name, series.labels(), values, Long.toString(amount.value())))));
    return series;
  }

  /**
   * Sizes in buckets.
   *
   * @param bounds upper bounds of the buckets, ascending
   */
  public Series<Distribution> distribution(
      String name, String help, List<Double> bounds, String... labels) {
    double[] sorted = bounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    Series<Distribution> series = new Series<>(List.of(labels), () -> new Distribution(sorted));
    family(
        name,
        help,
        "histogram",
        text -> each(series, (values, all) -> buckets(text, name, series.labels(), values, all)));
    return series;
  }

  /** The count is that of the last bucket, so that what is written is consistent in itself. */
  private static void buckets(
      StringBuilder text,
      String name,
      List<String> labels,
      List<String> values,
      Distribution distribution) {
    List<String> bucketLabels = Sample.and(labels, "le");
    long count = 0;
    for (int i = 0; i < distribution.buckets(); i++) {
      count += distribution.count(i);
      text.append(
          Sample.line(
              name + "_bucket",
              bucketLabels,
              Sample.and(values, distribution.bound(i)),
              Long.toString(count)));
    }
    text.append(Sample.line(name + "_sum", labels, values, Sample.number(distribution.sum())));
    text.append(Sample.line(name + "_count", labels, values, Long.toString(count)));
  }

  /** What writes one number. */
  private interface Line<T> {
    void write(List<String> values, T number);
  }

  private static <T> void each(Series<T> series, Line<T> line) {
    series.byValues().entrySet().stream()
        .sorted(Map.Entry.comparingByKey(BY_VALUES))
        .forEach(entry -> line.write(entry.getKey(), entry.getValue()));
  }

  private synchronized void family(
      String name, String help, String type, Consumer<StringBuilder> samples) {
    Consumer<StringBuilder> before =
        families.putIfAbsent(
            name,
            text -> {
              text.append("# HELP ").append(name).append(' ').append(help).append('\n');
              text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
              samples.accept(text);
            });
    if (before != null) {
      throw new IllegalArgumentException("name: " + name + " (expected: one that is new)");
    }
  }

  /** Everything, in the text format 0.0.4, in the order in which the names were given. */
  public String text() {
    List<Consumer<StringBuilder>> all;
    synchronized (this) {
      all = new ArrayList<>(families.values());
    }
    StringBuilder text = new StringBuilder();
    all.forEach(family -> family.accept(text));
    return text.toString();
  }
}
