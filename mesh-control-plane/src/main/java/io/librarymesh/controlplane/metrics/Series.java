package io.librarymesh.controlplane.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The numbers of one name, told apart by the values of its labels.
 *
 * <p>At most 1000 are kept, since values may come from clients: those beyond are counted by nobody
 * until others are removed.
 *
 * @param <T> what is kept for each combination of values
 */
public final class Series<T> {

  private static final int LIMIT = 1000;
  private static final int MAX_LENGTH = 200;

  private final List<String> labels;
  private final Supplier<T> maker;
  private final Map<List<String>, T> byValues = new ConcurrentHashMap<>();

  Series(List<String> labels, Supplier<T> maker) {
    this.labels = labels;
    this.maker = maker;
  }

  /**
   * The number with these values of the labels, made when there is none.
   *
   * @param values one for each label, in their order; long ones are cut
   */
  public T with(String... values) {
    List<String> key = key(values);
    T known = byValues.get(key);
    if (known != null) {
      return known;
    }
    return byValues.size() < LIMIT ? byValues.computeIfAbsent(key, k -> maker.get()) : maker.get();
  }

  /** Forgets the number with these values. */
  public void remove(String... values) {
    byValues.remove(key(values));
  }

  private List<String> key(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(
          "values: " + List.of(values) + " (expected: one for each of " + labels + ")");
    }
    return Stream.of(values)
        .map(v -> v.length() > MAX_LENGTH ? v.substring(0, MAX_LENGTH) : v)
        .toList();
  }

  List<String> labels() {
    return labels;
  }

  Map<List<String>, T> byValues() {
    return byValues;
  }
}
