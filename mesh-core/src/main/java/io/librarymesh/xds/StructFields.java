package io.librarymesh.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of a struct in metadata, read by name and by type. What nobody has asked for at the
 * end is reported, since a newer control plane may say what this client cannot carry out.
 *
 * <p>A field that is absent reads as empty, and one of another type is an error with its path.
 */
final class StructFields {
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(3_153_600_000L);

  private final Struct struct;
  private final FieldPath at;
  private final Findings findings;
  private final Set<String> asked = new HashSet<>();

  StructFields(Struct struct, FieldPath at, Findings findings) {
    this.struct = struct;
    this.at = at;
    this.findings = findings;
  }

  FieldPath at(String name) {
    return at.field(name);
  }

  /** A text; empty when it is absent. */
  String text(String name) {
    return field(name).map(value -> text(value, at.field(name))).orElse("");
  }

  /** Texts. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    List<Value> values = list(name);
    for (int i = 0; i < values.size(); i++) {
      texts.add(text(values.get(i), at.element(name, i)));
    }
    return texts;
  }

  /** The names of all fields, in alphabetical order. */
  List<String> names() {
    return struct.getFieldsMap().keySet().stream().sorted().toList();
  }

  /** A whole number. */
  int integer(String name, int otherwise) {
    return field(name)
        .map(
            value -> {
              double number = value.getNumberValue();
              if (!value.hasNumberValue() || number != (int) number) {
                findings.error(at.field(name), describe(value) + " (expected: a whole number)");
                return otherwise;
              }
              return (int) number;
            })
        .orElse(otherwise);
  }

  /** A number. */
  double number(String name, double otherwise) {
    return field(name)
        .map(
            value -> {
              if (!value.hasNumberValue()) {
                findings.error(at.field(name), describe(value) + " (expected: a number)");
                return otherwise;
              }
              return value.getNumberValue();
            })
        .orElse(otherwise);
  }

  /** A duration such as {@code 1.5s}, in nanoseconds. */
  long nanos(String name, long otherwise) {
    return field(name).map(value -> nanos(value, at.field(name), otherwise)).orElse(otherwise);
  }

  /** A struct. */
  Optional<StructFields> message(String name) {
    return field(name).map(value -> message(value, at.field(name)));
  }

  /** A struct, which is empty when it is absent. */
  StructFields messageOrEmpty(String name) {
    return message(name)
        .orElseGet(() -> new StructFields(Struct.getDefaultInstance(), at.field(name), findings));
  }

  /** Structs. */
  List<StructFields> messages(String name) {
    List<StructFields> messages = new ArrayList<>();
    List<Value> values = list(name);
    for (int i = 0; i < values.size(); i++) {
      messages.add(message(values.get(i), at.element(name, i)));
    }
    return messages;
  }

  /** The struct itself, for another reader. */
  Struct struct() {
    return struct;
  }

  /** Where the struct stands. */
  FieldPath at() {
    return at;
  }

  /** Reports what nobody has asked for. */
  void end() {
    struct.getFieldsMap().keySet().stream()
        .filter(name -> !asked.contains(name))
        .sorted()
        .forEach(name -> findings.warn(at.field(name), "not carried out"));
  }

  private Optional<Value> field(String name) {
    asked.add(name);
    return Optional.ofNullable(struct.getFieldsMap().get(name)).filter(v -> !v.hasNullValue());
  }

  private List<Value> list(String name) {
    return field(name)
        .map(
            value -> {
              if (!value.hasListValue()) {
                findings.error(at.field(name), describe(value) + " (expected: a list)");
              }
              return value.getListValue().getValuesList();
            })
        .orElse(List.of());
  }

  private StructFields message(Value value, FieldPath place) {
    if (!value.hasStructValue()) {
      findings.error(place, describe(value) + " (expected: a struct)");
    }
    return new StructFields(value.getStructValue(), place, findings);
  }

  private String text(Value value, FieldPath place) {
    if (!value.hasStringValue()) {
      findings.error(place, describe(value) + " (expected: a text)");
    }
    return value.getStringValue();
  }

  private long nanos(Value value, FieldPath place, long otherwise) {
    String text = value.getStringValue();
    try {
      if (text.endsWith("s")) {
        BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
        if (seconds.signum() >= 0) {
          return seconds.min(MAX_SECONDS).movePointRight(9).longValue();
        }
      }
    } catch (NumberFormatException notANumber) {
      // as for any other text
    }
    findings.error(place, describe(value) + " (expected: a duration such as 1.5s)");
    return otherwise;
  }

  private static String describe(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> "\"" + value.getStringValue() + "\"";
      case NUMBER_VALUE -> Double.toString(value.getNumberValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case STRUCT_VALUE -> "a struct";
      case LIST_VALUE -> "a list";
      case NULL_VALUE, KIND_NOT_SET -> "nothing";
    };
  }
}
