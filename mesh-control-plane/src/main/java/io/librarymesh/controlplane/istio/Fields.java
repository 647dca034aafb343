package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message, read by name and by type. What was never asked for is an unknown
 * field: no list of names exists beside the code that uses them, so none can go stale.
 *
 * <p>A field that is absent or null reads as empty. A field of the wrong type is reported with its
 * place, what was found and what was expected, and reads as empty too, so that one pass finds
 * everything. Names are looked up in camelCase; Istio's messages may also be written in snake_case.
 */
final class Fields {
  private final YamlValue.Mapping mapping;
  private final FieldPath path;
  private final String pattern;
  private final DocumentReport report;
  private final @Nullable Fields parent;
  private final Map<String, Fields> children = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> consumed = new LinkedHashSet<>();
  private final Scalars scalars;

  private Fields(
      YamlValue.Mapping mapping,
      FieldPath path,
      String pattern,
      DocumentReport report,
      @Nullable Fields parent) {
    this.mapping = mapping;
    this.path = path;
    this.pattern = pattern;
    this.report = report;
    this.parent = parent;
    this.scalars = new Scalars(report);
    report.reading(this);
  }

  /**
   * The top of a document.
   *
   * @param kind begins the pattern under which {@link InForce} and {@link Misplaced} know fields
   */
  static Fields ofDocument(
      YamlValue.Mapping document, FieldPath path, String kind, DocumentReport report) {
    return new Fields(document, path, kind + ":", report, null);
  }

  FieldPath path() {
    return path;
  }

  SourcePosition position() {
    return report.position(mapping);
  }

  DocumentReport report() {
    return report;
  }

  /** Refuses this message as a whole. */
  void refuse(String message) {
    report.refuse(path, mapping, message);
  }

  /** Refuses one of the fields, which must be present. */
  void refuse(String name, String message) {
    YamlValue.Entry entry = FieldNames.find(mapping, name);
    if (entry != null) {
      report.refuse(path.field(name), entry.line(), entry.column(), message);
    }
  }

  /** Warns about this message as a whole. */
  void warnHere(String message) {
    report.warn(path, mapping, message);
  }

  /** Warns about one of the fields, which must be present. */
  void warn(String name, String message) {
    YamlValue.Entry entry = FieldNames.find(mapping, name);
    if (entry != null) {
      report.warn(path.field(name), entry.line(), entry.column(), message);
    }
  }

  /** Says of one of the fields, which must be present, that it is as it should be and not used. */
  void inform(String name, String message) {
    report.inform(path.field(name), message);
  }

  /** Warns about a field that stands in an older place when its place of today is not in force. */
  void warnNotInForce(String name, String todaysPlace) {
    YamlValue.Entry entry = FieldNames.find(mapping, name);
    if (entry != null) {
      InForce.missing(patternOf(todaysPlace), entry.value())
          .ifPresent(message -> report.notInForce(path.field(name), entry, message));
    }
  }

  /** Whether the field is there and not null; makes it known. */
  boolean has(String name) {
    return take(name) != null;
  }

  /** Whether the field is there, be it null; does not make it known. */
  boolean isWritten(String name) {
    return FieldNames.find(mapping, name) != null;
  }

  /** The field whatever it is, for the few that have more than one type. */
  Optional<YamlValue> any(String name) {
    return Optional.ofNullable(take(name)).map(YamlValue.Entry::value);
  }

  /** A string that is not empty. */
  Optional<String> text(String name) {
    return anyText(name).filter(text -> !text.isEmpty());
  }

  /** A string, empty when it is absent. */
  String textOrEmpty(String name) {
    return anyText(name).orElse("");
  }

  /** A string, the empty one included. */
  Optional<String> anyText(String name) {
    return scalar(name, scalars::text);
  }

  /** A signed 32-bit number. */
  Optional<Integer> int32(String name) {
    return scalar(
            name, (at, value) -> scalars.whole(at, value, Integer.MIN_VALUE, Integer.MAX_VALUE))
        .map(Long::intValue);
  }

  /** A number of bytes, which may have one of Kubernetes' binary units. */
  Optional<Integer> bytes(String name) {
    return scalar(name, scalars::bytes);
  }

  /** A signed 32-bit number for which 0 says the same as nothing. */
  Optional<Integer> count(String name) {
    return int32(name).filter(count -> count != 0);
  }

  /** An unsigned 32-bit number. */
  Optional<Long> uint32(String name) {
    return scalar(name, (at, value) -> scalars.whole(at, value, 0, 0xFFFF_FFFFL));
  }

  /** An unsigned number of up to 63 bits. */
  Optional<Long> uint64(String name) {
    return scalar(name, (at, value) -> scalars.whole(at, value, 0, Long.MAX_VALUE));
  }

  /** A port; whether it lies between 1 and 65535 is for validation to say. */
  Optional<Integer> port(String name) {
    return uint32(name).map(number -> (int) Math.min(number, Integer.MAX_VALUE));
  }

  /** A number. */
  Optional<Double> number(String name) {
    return scalar(name, scalars::number);
  }

  /** A boolean, false when it is absent. */
  boolean flag(String name) {
    return optionalFlag(name).orElse(false);
  }

  /** A boolean for which absence is a third value. */
  Optional<Boolean> optionalFlag(String name) {
    return scalar(name, scalars::flag);
  }

  /** A duration with a unit. */
  Optional<Duration> duration(String name) {
    return scalar(name, scalars::duration);
  }

  /** One of the names of an enum. */
  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    return scalar(name, (at, value) -> scalars.choice(at, value, type));
  }

  /** Strings. */
  List<String> texts(String name) {
    return items(name, scalars::text);
  }

  /** Unsigned 32-bit numbers. */
  List<Long> uint32s(String name) {
    return items(name, (at, value) -> scalars.whole(at, value, 0, 0xFFFF_FFFFL));
  }

  /** A message. */
  <T> Optional<T> message(String name, Function<Fields, T> read) {
    return messageAs(name, name, read);
  }

  /**
   * A message that stands under an older name or in an older place.
   *
   * @param todaysPlace where it stands today, relative to this message
   */
  <T> Optional<T> messageAs(String name, String todaysPlace, Function<Fields, T> read) {
    YamlValue.Entry entry = take(name);
    if (entry == null) {
      return Optional.empty();
    }
    FieldPath at = path.field(name);
    if (!(entry.value() instanceof YamlValue.Mapping child)) {
      report.refuse(at, entry.value(), Misplaced.expectedMapping(name, entry.value()));
      return Optional.empty();
    }
    Fields fields = new Fields(child, at, patternOf(todaysPlace), report, this);
    children.put(name, fields);
    return Optional.of(read.apply(fields));
  }

  /**
   * Messages. One that is no mapping is reported and read as an empty one, so that the index of the
   * others stays that of the file.
   */
  <T> List<T> messages(String name, Function<Fields, T> read) {
    List<T> messages = new ArrayList<>();
    List<YamlValue> values = sequence(name);
    for (int i = 0; i < values.size(); i++) {
      FieldPath at = path.field(name).index(i);
      YamlValue value = values.get(i);
      YamlValue.Mapping child = YamlValue.Mapping.emptyAt(value);
      if (value instanceof YamlValue.Mapping written) {
        child = written;
      } else {
        report.refuse(at, value, Misplaced.expectedMapping(name, value));
      }
      Fields fields = new Fields(child, at, patternOf(name + "[]"), report, this);
      children.putIfAbsent(name, fields);
      messages.add(read.apply(fields));
    }
    return messages;
  }

  /** A map from names to strings. */
  Map<String, String> textMap(String name) {
    return map(name, scalars::text);
  }

  /** A map from names to whatever the function makes of a value. */
  <T> Map<String, T> map(String name, BiFunction<FieldPath, YamlValue, Optional<T>> read) {
    YamlValue.Entry entry = take(name);
    if (entry == null) {
      return Map.of();
    }
    FieldPath at = path.field(name);
    if (!(entry.value() instanceof YamlValue.Mapping written)) {
      report.refuse(at, entry.value(), Misplaced.expectedMap(entry.value()));
      return Map.of();
    }
    Map<String, T> map = new LinkedHashMap<>();
    for (YamlValue.Entry each : written.entries()) {
      read.apply(at.field(each.key()), each.value()).ifPresent(value -> map.put(each.key(), value));
    }
    return map;
  }

  /** The fields of a value of a {@link #map}. */
  Fields ofMapValue(FieldPath at, YamlValue.Mapping value, String name) {
    return new Fields(value, at, patternOf(name + "{}"), report, this);
  }

  /** Makes fields known that mean nothing to a client, whatever stands in them. */
  void skip(String... names) {
    for (String name : names) {
      take(name);
    }
  }

  /** Reports every field that was never asked for. */
  void reportUnknown() {
    for (YamlValue.Entry entry : mapping.entries()) {
      if (!consumed.contains(entry.key())) {
        report.refuse(
            path.field(entry.key()),
            entry.line(),
            entry.column(),
            "unknown field"
                + Misplaced.hint(pattern, entry.key(), known, parentKnown(), children()));
        // What was meant is missing now, which need not be said as well.
        Spelling.nearest(entry.key(), known).ifPresent(name -> report.explain(path.field(name)));
      }
    }
  }

  private String patternOf(String field) {
    return pattern.endsWith(":") ? pattern + field : pattern + "." + field;
  }

  private Set<String> parentKnown() {
    return parent == null ? Set.of() : parent.known;
  }

  private Map<String, Set<String>> children() {
    Map<String, Set<String>> names = new LinkedHashMap<>();
    children.forEach((name, fields) -> names.put(name, fields.known));
    return names;
  }

  private YamlValue.@Nullable Entry take(String name) {
    known.add(name);
    YamlValue.Entry entry = FieldNames.find(mapping, name);
    if (entry == null) {
      return null;
    }
    boolean first = consumed.add(entry.key());
    if (entry.value() instanceof YamlValue.Scalar scalar
        && scalar.type() == YamlValue.ScalarType.NULL) {
      return null;
    }
    if (first) {
      firstTaken(name, entry);
    }
    return entry;
  }

  private void firstTaken(String name, YamlValue.Entry entry) {
    FieldPath at = path.field(name);
    if (!entry.key().equals(name)) {
      report.warn(
          at,
          entry.line(),
          entry.column(),
          "written as " + entry.key() + ", which only files may; kubectl drops it: write " + name);
    }
    InForce.missing(patternOf(name), entry.value())
        .ifPresent(message -> report.notInForce(at, entry, message));
  }

  private <T> Optional<T> scalar(String name, BiFunction<FieldPath, YamlValue, Optional<T>> read) {
    YamlValue.Entry entry = take(name);
    return entry == null ? Optional.empty() : read.apply(path.field(name), entry.value());
  }

  private <T> List<T> items(String name, BiFunction<FieldPath, YamlValue, Optional<T>> read) {
    List<T> items = new ArrayList<>();
    List<YamlValue> values = sequence(name);
    for (int i = 0; i < values.size(); i++) {
      read.apply(path.field(name).index(i), values.get(i)).ifPresent(items::add);
    }
    return items;
  }

  private List<YamlValue> sequence(String name) {
    YamlValue.Entry entry = take(name);
    if (entry == null) {
      return List.of();
    }
    if (entry.value() instanceof YamlValue.Sequence list) {
      return list.items();
    }
    report.refuse(
        path.field(name),
        entry.value(),
        "expected a list, found " + entry.value().describe() + "; begin each entry with \"- \"");
    return List.of();
  }
}
