package io.librarymesh.cli.demo;

import io.librarymesh.testkit.BinomialBounds;
import java.util.Locale;

/**
 * An expectation beside what was measured.
 *
 * @param ok whether they agree, as far as chance allows them to differ
 */
record Check(String what, String expected, String measured, boolean ok) {
  /** A false alarm of chance once in a billion checks. */
  static final double RISK = 1e-9;

  /** {@code hits} of {@code total} where each hits with {@code share}. */
  static Check share(String what, double share, int hits, int total) {
    BinomialBounds bounds = BinomialBounds.of(total, share, RISK);
    String expected =
        String.format(Locale.ROOT, "%.4g %% (%d..%d)", share * 100, bounds.low(), bounds.high());
    String measured =
        String.format(
            Locale.ROOT, "%.1f %% (%d of %d)", 100.0 * hits / Math.max(1, total), hits, total);
    return new Check(what, expected, measured, bounds.allows(hits));
  }

  static Check exactly(String what, int expected, int measured) {
    return new Check(
        what, Integer.toString(expected), Integer.toString(measured), expected == measured);
  }

  static Check same(String what, String expected, String measured) {
    return new Check(what, expected, measured, expected.equals(measured));
  }

  static Check between(String what, long low, long high, long measured, String unit) {
    return new Check(
        what,
        low + ".." + high + " " + unit,
        measured + " " + unit,
        measured >= low && measured <= high);
  }
}
