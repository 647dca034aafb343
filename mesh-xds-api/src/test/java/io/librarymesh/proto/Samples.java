package io.librarymesh.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;

/** Messages with a value other than the default in every field. */
final class Samples {

  private static final int DEPTH = 2;

  private Samples() {}

  /** One sample for each member of each oneof, and one more; all other fields are set in each. */
  static List<Message> of(Message prototype) {
    List<Message> samples = new ArrayList<>();
    Message full = filled(prototype.newBuilderForType(), DEPTH);
    samples.add(full);
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      if (field.getContainingOneof() != null) {
        Message.Builder builder = full.toBuilder();
        samples.add(builder.setField(field, value(builder, field, DEPTH)).build());
      }
    }
    return samples;
  }

  private static Message filled(Message.Builder builder, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      Object value = value(builder, field, depth);
      if (field.isRepeated()) {
        builder.addRepeatedField(field, value);
      } else {
        builder.setField(field, value);
      }
    }
    return builder.build();
  }

  private static Object value(Message.Builder parent, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> 100 + field.getNumber();
      case LONG -> 1_000_000_000_000L + field.getNumber();
      case FLOAT -> field.getNumber() + 0.5f;
      case DOUBLE -> field.getNumber() + 0.25;
      case BOOLEAN -> true;
      case STRING -> field.getName() + " \u00e9";
      case BYTE_STRING -> ByteString.copyFromUtf8(field.getName());
      case ENUM -> last(field.getEnumType());
      case MESSAGE ->
          depth == 0
              ? parent.newBuilderForField(field).build()
              : filled(parent.newBuilderForField(field), depth - 1);
    };
  }

  private static Object last(EnumDescriptor type) {
    return type.getValues().get(type.getValues().size() - 1);
  }
}
