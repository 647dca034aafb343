package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single values by type, and reports those of another type with what would be right. */
final class Scalars {
  /** What YAML 1.1, and with it Kubernetes, reads as a boolean when it stands without quotes. */
  private static final Set<String> OLD_TRUE = Set.of("yes", "on", "y");

  private static final Set<String> OLD_FALSE = Set.of("no", "off", "n");

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,10})(Ki|Mi|Gi)?");
  private static final Map<String, Long> UNITS =
      Map.of("Ki", 1L << 10, "Mi", 1L << 20, "Gi", 1L << 30);

  private static final Pattern LEADING_ZERO = Pattern.compile("[-+]?0[0-9]+");

  private final DocumentReport report;

  Scalars(DocumentReport report) {
    this.report = report;
  }

  Optional<String> text(FieldPath at, YamlValue value) {
    if (value instanceof YamlValue.Scalar scalar) {
      if (scalar.type() == YamlValue.ScalarType.STRING) {
        if (scalar.plain() && oldBoolean(scalar.text()).isPresent()) {
          report.warn(
              at,
              value,
              "read as the text "
                  + Quoting.quote(scalar.text())
                  + ", but Kubernetes reads a boolean here; write it in quotes");
        }
        return Optional.of(scalar.text());
      }
      if (scalar.type() != YamlValue.ScalarType.NULL) {
        return refused(
            at, value, "a string", "; write " + Quoting.quote(scalar.text()) + " in quotes");
      }
      return refused(at, value, "a string", "; write \"\" for an empty one");
    }
    return refused(at, value, "a string", "");
  }

  Optional<Long> whole(FieldPath at, YamlValue value, long lowest, long highest) {
    Optional<Double> approximate = number(at, value);
    if (approximate.isEmpty()) {
      return Optional.empty();
    }
    String text = ((YamlValue.Scalar) value).text();
    if (LEADING_ZERO.matcher(text).matches()) {
      return refused(
          at, value, "a number without a leading zero, which Kubernetes reads as octal", "");
    }
    Optional<Long> exact = exactLong(text, approximate.get());
    if (exact.isEmpty() || exact.get() < lowest || exact.get() > highest) {
      return refused(at, value, "a whole number from " + lowest + " to " + highest, "");
    }
    return exact;
  }

  /** {@code 65536} or {@code 64Ki}. */
  Optional<Integer> bytes(FieldPath at, YamlValue value) {
    if (value instanceof YamlValue.Scalar scalar) {
      Matcher quantity = BYTES.matcher(scalar.text());
      boolean number = scalar.plain() || scalar.type() == YamlValue.ScalarType.STRING;
      if (number && quantity.matches()) {
        long factor = quantity.group(2) == null ? 1 : UNITS.getOrDefault(quantity.group(2), 1L);
        long bytes = Long.parseLong(quantity.group(1)) * factor;
        if (bytes <= Integer.MAX_VALUE) {
          return Optional.of((int) bytes);
        }
      }
    }
    return refused(at, value, "a number of bytes, such as 65536 or 64Ki", "");
  }

  Optional<Double> number(FieldPath at, YamlValue value) {
    if (value instanceof YamlValue.Scalar scalar) {
      if (scalar.type() == YamlValue.ScalarType.INTEGER
          || scalar.type() == YamlValue.ScalarType.FLOAT) {
        Optional<Double> number = parse(scalar.text()).filter(Double::isFinite);
        return number.isPresent() ? number : refused(at, value, "a finite number", "");
      }
      boolean quotedNumber = !scalar.plain() && parse(scalar.text()).isPresent();
      return refused(at, value, "a number", quotedNumber ? "; write it without quotes" : "");
    }
    return refused(at, value, "a number", "");
  }

  Optional<Boolean> flag(FieldPath at, YamlValue value) {
    if (value instanceof YamlValue.Scalar scalar) {
      if (scalar.type() == YamlValue.ScalarType.BOOLEAN) {
        return Optional.of(scalar.text().toLowerCase(Locale.ROOT).equals("true"));
      }
      Optional<Boolean> old = scalar.plain() ? oldBoolean(scalar.text()) : Optional.empty();
      if (old.isPresent()) {
        report.warn(at, value, scalar.text() + " is read as " + old.get() + "; write " + old.get());
        return old;
      }
    }
    return refused(at, value, "true or false", "");
  }

  Optional<Duration> duration(FieldPath at, YamlValue value) {
    String expected = "a duration with a unit, such as 5s or 250ms";
    if (!(value instanceof YamlValue.Scalar scalar)) {
      return refused(at, value, expected, "");
    }
    Optional<Duration> duration =
        scalar.type() == YamlValue.ScalarType.STRING
            ? GoDuration.parse(scalar.text())
            : Optional.empty();
    if (duration.isPresent()) {
      return duration;
    }
    boolean unitMissing = parse(scalar.text()).isPresent();
    return refused(
        at,
        value,
        expected,
        unitMissing ? "; if seconds are meant, write " + scalar.text() + "s" : "");
  }

  <E extends Enum<E>> Optional<E> choice(FieldPath at, YamlValue value, Class<E> type) {
    List<String> names = EnumSet.allOf(type).stream().map(Enum::name).toList();
    if (value instanceof YamlValue.Scalar scalar && names.contains(scalar.text())) {
      return Optional.of(Enum.valueOf(type, scalar.text()));
    }
    String written = value instanceof YamlValue.Scalar scalar ? scalar.text() : "";
    return refused(at, value, "one of " + String.join(", ", names), Spelling.hint(written, names));
  }

  private <T> Optional<T> refused(FieldPath at, YamlValue value, String expected, String hint) {
    report.refuse(at, value, "expected " + expected + ", found " + value.describe() + hint);
    return Optional.empty();
  }

  private static Optional<Boolean> oldBoolean(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (OLD_TRUE.contains(lower)) {
      return Optional.of(true);
    }
    return OLD_FALSE.contains(lower) ? Optional.of(false) : Optional.empty();
  }

  /** Decimal numbers, and YAML 1.2's hexadecimal and octal ones. */
  private static Optional<Double> parse(String text) {
    try {
      if (text.startsWith("0x")) {
        return Optional.of((double) Long.parseLong(text.substring(2), 16));
      }
      if (text.startsWith("0o")) {
        return Optional.of((double) Long.parseLong(text.substring(2), 8));
      }
      // Double.parseDouble also takes "1d" and "NaN", which are no numbers in YAML.
      boolean digitsOnly = text.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0);
      return digitsOnly ? Optional.of(Double.parseDouble(text)) : Optional.empty();
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static Optional<Long> exactLong(String text, double approximate) {
    if (approximate != Math.rint(approximate) || Math.abs(approximate) >= 0x1p63) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException otherNotation) {
      return Optional.of((long) approximate);
    }
  }
}
