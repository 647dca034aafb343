package io.librarymesh.config;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/**
 * How a time is written, always in UTC. Source: the argument of Envoy's {@code START_TIME}, which
 * takes strftime's conversions and {@code %s} with {@code %1f} to {@code %9f} for parts of a
 * second. What it does not know it leaves as it is.
 *
 * <p>Immutable; any thread.
 */
public final class TimeFormat {
  private static final String ISO = "%Y-%m-%dT%H:%M:%E3SZ";

  private final DateTimeFormatter formatter;

  private TimeFormat(DateTimeFormatter formatter) {
    this.formatter = formatter;
  }

  /**
   * Compiles a format.
   *
   * @param format empty for {@code 2018-04-03T23:46:09.123Z}
   */
  public static TimeFormat compile(String format) {
    String text = format.isEmpty() ? ISO : format;
    DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
    int position = 0;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c != '%') {
        builder.appendLiteral(c);
        continue;
      }
      int length = conversionLength(text, position);
      conversion(builder, text.substring(position, Math.min(text.length(), position + length)));
      position += length;
    }
    return new TimeFormat(builder.toFormatter(Locale.US));
  }

  private static int conversionLength(String text, int position) {
    if (text.startsWith("E", position)) {
      return 3;
    }
    boolean digit = position < text.length() && Character.isDigit(text.charAt(position));
    return digit ? 2 : 1;
  }

  private static void conversion(DateTimeFormatterBuilder to, String conversion) {
    switch (conversion) {
      case "%" -> to.appendLiteral('%');
      case "Y" -> to.appendValue(ChronoField.YEAR, 4);
      case "y" -> to.appendPattern("uu");
      case "m" -> to.appendValue(ChronoField.MONTH_OF_YEAR, 2);
      case "d" -> to.appendValue(ChronoField.DAY_OF_MONTH, 2);
      case "e" -> to.padNext(2).appendValue(ChronoField.DAY_OF_MONTH);
      case "j" -> to.appendValue(ChronoField.DAY_OF_YEAR, 3);
      case "H" -> to.appendValue(ChronoField.HOUR_OF_DAY, 2);
      case "I" -> to.appendValue(ChronoField.CLOCK_HOUR_OF_AMPM, 2);
      case "M" -> to.appendValue(ChronoField.MINUTE_OF_HOUR, 2);
      case "S" -> to.appendValue(ChronoField.SECOND_OF_MINUTE, 2);
      case "p" -> to.appendPattern("a");
      case "a" -> to.appendPattern("EEE");
      case "A" -> to.appendPattern("EEEE");
      case "b", "h" -> to.appendPattern("MMM");
      case "B" -> to.appendPattern("MMMM");
      case "F" -> to.append(DateTimeFormatter.ISO_LOCAL_DATE);
      case "T" -> to.appendPattern("HH:mm:ss");
      case "D" -> to.appendPattern("MM/dd/uu");
      case "R" -> to.appendPattern("HH:mm");
      case "Z" -> to.appendLiteral("UTC");
      case "z" -> to.appendLiteral("+0000");
      case "s" -> to.appendValue(ChronoField.INSTANT_SECONDS);
      case "f" -> to.appendFraction(ChronoField.NANO_OF_SECOND, 9, 9, false);
      default -> fraction(to, conversion);
    }
  }

  private static void fraction(DateTimeFormatterBuilder to, String conversion) {
    if (conversion.matches("[1-9]f")) {
      int digits = conversion.charAt(0) - '0';
      to.appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, false);
    } else if (conversion.matches("E[1-9]S")) {
      int digits = conversion.charAt(1) - '0';
      to.appendValue(ChronoField.SECOND_OF_MINUTE, 2)
          .appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, true);
    } else {
      to.appendLiteral("%" + conversion);
    }
  }

  /** Writes a time, in milliseconds since 1970. */
  public void append(StringBuilder to, long epochMillis) {
    ZonedDateTime time = Instant.ofEpochMilli(epochMillis).atZone(ZoneOffset.UTC);
    formatter.formatTo(time, to);
  }
}
