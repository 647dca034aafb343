package io.librarymesh.xds;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages that stand in metadata in the JSON form of protobuf. Of the types that have a form
 * of their own it knows the wrappers, which is what conditions have.
 *
 * @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON</a>
 */
final class JsonForm {
  private final Findings findings;

  private JsonForm(Findings findings) {
    this.findings = findings;
  }

  /** Adds the fields of a struct to a message; what does not fit is an error. */
  static <B extends Message.Builder> B merge(
      Struct struct, B builder, FieldPath at, Findings findings) {
    new JsonForm(findings).merge(struct, builder, at);
    return builder;
  }

  private void merge(Struct struct, Message.Builder builder, FieldPath at) {
    Descriptor type = builder.getDescriptorForType();
    struct
        .getFieldsMap()
        .forEach(
            (name, value) -> {
              FieldDescriptor field = field(type, name);
              if (field == null) {
                findings.error(
                    at.field(name), "unknown (expected: a field of " + type.getFullName() + ")");
              } else if (!value.hasNullValue()) {
                merge(field, value, builder, at);
              }
            });
  }

  private static @Nullable FieldDescriptor field(Descriptor type, String name) {
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJsonName().equals(name) || field.getName().equals(name)) {
        return field;
      }
    }
    return null;
  }

  private void merge(FieldDescriptor field, Value value, Message.Builder builder, FieldPath at) {
    if (!field.isRepeated()) {
      Object single = single(field, value, builder, at.field(field.getName()));
      if (single != null) {
        builder.setField(field, single);
      }
      return;
    }
    if (!value.hasListValue() || field.isMapField()) {
      findings.error(at.field(field.getName()), "no list (expected: a list)");
    }
    for (int i = 0; i < value.getListValue().getValuesCount(); i++) {
      FieldPath place = at.element(field.getName(), i);
      Object item = single(field, value.getListValue().getValues(i), builder, place);
      if (item != null) {
        builder.addRepeatedField(field, item);
      }
    }
  }

  private @Nullable Object single(
      FieldDescriptor field, Value value, Message.Builder builder, FieldPath at) {
    Object read =
        switch (field.getJavaType()) {
          case STRING -> value.hasStringValue() ? value.getStringValue() : null;
          case BOOLEAN -> value.hasBoolValue() ? value.getBoolValue() : null;
          case INT -> integer(value);
          case LONG -> longInteger(value);
          case FLOAT -> value.hasNumberValue() ? (float) value.getNumberValue() : null;
          case DOUBLE -> value.hasNumberValue() ? value.getNumberValue() : null;
          case ENUM -> constant(field, value);
          case MESSAGE -> message(builder.newBuilderForField(field), value, at);
          case BYTE_STRING -> null;
        };
    if (read == null) {
      findings.error(at, "does not fit (expected: " + field.getType() + " in its JSON form)");
    }
    return read;
  }

  private static @Nullable Integer integer(Value value) {
    double number = value.getNumberValue();
    boolean fits = value.hasNumberValue() && number == (long) number && number < 1L << 32;
    return fits && number >= Integer.MIN_VALUE ? (int) (long) number : null;
  }

  private static @Nullable Long longInteger(Value value) {
    if (value.hasNumberValue() && value.getNumberValue() == (long) value.getNumberValue()) {
      return (long) value.getNumberValue();
    }
    try {
      return Long.valueOf(value.getStringValue());
    } catch (NumberFormatException notANumber) {
      return null;
    }
  }

  private static @Nullable EnumValueDescriptor constant(FieldDescriptor field, Value value) {
    return field.getEnumType().findValueByName(value.getStringValue());
  }

  private @Nullable Message message(Message.Builder builder, Value value, FieldPath at) {
    Descriptor type = builder.getDescriptorForType();
    if (type.getFullName().startsWith("google.protobuf.") && type.getName().endsWith("Value")) {
      FieldDescriptor wrapped = type.findFieldByName("value");
      Object read = single(wrapped, value, builder, at);
      return read == null ? null : builder.setField(wrapped, read).build();
    }
    if (!value.hasStructValue()) {
      return null;
    }
    merge(value.getStructValue(), builder, at);
    return builder.build();
  }
}
