package io.librarymesh.controlplane.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * Messages in the JSON form of protobuf, as structs: what has no field in xDS travels so, because a
 * struct is understood by every tool and asks nobody to know our types. Fields of map type are not
 * needed and not supported.
 *
 * @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON</a>
 */
final class JsonForm {

  private JsonForm() {}

  /** The fields of a message that are set, by their names in camelCase. */
  static Struct struct(Message message) {
    Struct.Builder struct = Struct.newBuilder();
    message
        .getAllFields()
        .forEach((field, value) -> struct.putFields(field.getJsonName(), value(field, value)));
    return struct.build();
  }

  static Value value(Struct struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }

  static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  static Value texts(List<String> texts) {
    ListValue.Builder list = ListValue.newBuilder();
    texts.forEach(text -> list.addValues(Packing.text(text)));
    return Value.newBuilder().setListValue(list).build();
  }

  /** Seconds, such as {@code 0.25s}. */
  static Value duration(Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros();
    return Packing.text(seconds.toPlainString() + "s");
  }

  private static Value value(FieldDescriptor field, Object value) {
    if (field.isMapField()) {
      throw new IllegalArgumentException(field.getFullName() + ": a map (expected: no map)");
    }
    if (!field.isRepeated()) {
      return single(field, value);
    }
    ListValue.Builder list = ListValue.newBuilder();
    ((List<?>) value).forEach(item -> list.addValues(single(field, item)));
    return Value.newBuilder().setListValue(list).build();
  }

  private static Value single(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case STRING -> Packing.text((String) value);
      case BOOLEAN -> Value.newBuilder().setBoolValue((Boolean) value).build();
      case INT ->
          number(
              isUnsigned(field)
                  ? (double) Integer.toUnsignedLong((Integer) value)
                  : (double) (Integer) value);
      case FLOAT, DOUBLE -> number(((Number) value).doubleValue());
      case LONG -> Packing.text(value.toString());
      case ENUM -> Packing.text(((EnumValueDescriptor) value).getName());
      case BYTE_STRING ->
          Packing.text(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
      case MESSAGE -> message((Message) value);
    };
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.UINT32
        || field.getType() == FieldDescriptor.Type.FIXED32;
  }

  /** Wrappers are what they wrap, durations are texts. */
  private static Value message(Message message) {
    String type = message.getDescriptorForType().getFullName();
    if (message instanceof com.google.protobuf.Duration duration) {
      return duration(Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
    }
    if (type.startsWith("google.protobuf.") && type.endsWith("Value")) {
      FieldDescriptor wrapped = message.getDescriptorForType().findFieldByName("value");
      return single(wrapped, message.getField(wrapped));
    }
    return value(struct(message));
  }
}
