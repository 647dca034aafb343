package io.librarymesh.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every message here against the untrimmed one that Envoy's own API defines. */
final class EnvoyCompatibilityTest {

  /** Fewer than this, and the search for classes has gone wrong rather than the keep list. */
  private static final int FEWEST_MESSAGES = 150;

  @Test
  void keptFieldsAreDeclaredAsInTheOriginal() throws IOException {
    List<Message> messages = GeneratedMessages.all();

    assertThat(messages).hasSizeGreaterThan(FEWEST_MESSAGES);
    for (Message ours : messages) {
      Descriptor original = GeneratedMessages.original(ours).getDescriptorForType();
      assertThat(ours.getDescriptorForType().getFullName()).isEqualTo(original.getFullName());
      for (FieldDescriptor field : ours.getDescriptorForType().getFields()) {
        assertThat(shape(field)).isEqualTo(shape(original.findFieldByName(field.getName())));
      }
    }
  }

  @Test
  void keptFieldsReadWhatTheOriginalWrote() throws IOException {
    int compared = 0;
    for (Message ours : GeneratedMessages.all()) {
      for (Message written : Samples.of(GeneratedMessages.original(ours))) {
        Message read = ours.getParserForType().parseFrom(written.toByteString());
        compared += compare(written, read, ours.getDescriptorForType().getFullName());
      }
    }
    assertThat(compared).isGreaterThan(3_000);
  }

  @Test
  void fieldsNotKeptAreUnknownFieldsAndNothingElseIs() throws IOException {
    int dropped = 0;
    for (Message ours : GeneratedMessages.all()) {
      for (Message written : Samples.of(GeneratedMessages.original(ours))) {
        Message read = ours.getParserForType().parseFrom(written.toByteString());
        Set<Integer> expected = new TreeSet<>();
        for (FieldDescriptor field : written.getAllFields().keySet()) {
          if (ours.getDescriptorForType().findFieldByNumber(field.getNumber()) == null) {
            expected.add(field.getNumber());
          }
        }
        assertThat(read.getUnknownFields().asMap().keySet())
            .as(written.getDescriptorForType().getFullName())
            .isEqualTo(expected);
        dropped += expected.size();
      }
    }
    assertThat(dropped).isGreaterThan(100);
  }

  @Test
  void nothingIsLostOnTheWayThroughOurClasses() throws IOException {
    for (Message ours : GeneratedMessages.all()) {
      Message original = GeneratedMessages.original(ours);
      for (Message written : Samples.of(original)) {
        Message read = ours.getParserForType().parseFrom(written.toByteString());
        assertThat(read.getSerializedSize()).isEqualTo(written.getSerializedSize());
        assertThat(reparsed(original, read)).isEqualTo(written);
      }
    }
  }

  private static Message reparsed(Message original, Message read)
      throws InvalidProtocolBufferException {
    return original.getParserForType().parseFrom(read.toByteString());
  }

  private record Shape(
      int number, String type, boolean repeated, boolean presence, String jsonName, String oneof) {}

  private static Shape shape(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().toProto().getName() + field.getEnumType().getValues();
          default -> field.getType().name();
        };
    return new Shape(
        field.getNumber(),
        type,
        field.isRepeated(),
        field.hasPresence(),
        field.getJsonName(),
        field.getRealContainingOneof() == null ? "" : field.getRealContainingOneof().getName());
  }

  /** Compares what {@code read} has a field for; returns how many values that were. */
  private static int compare(Message written, Message read, String path) {
    int compared = 0;
    for (FieldDescriptor field : read.getDescriptorForType().getFields()) {
      FieldDescriptor source = written.getDescriptorForType().findFieldByName(field.getName());
      String place = path + "." + field.getName();
      if (field.isRepeated()) {
        assertThat(read.getRepeatedFieldCount(field))
            .as(place)
            .isEqualTo(written.getRepeatedFieldCount(source));
        for (int i = 0; i < read.getRepeatedFieldCount(field); i++) {
          compared +=
              compareValue(
                  written.getRepeatedField(source, i), read.getRepeatedField(field, i), place);
        }
      } else {
        if (field.hasPresence()) {
          assertThat(read.hasField(field)).as(place).isEqualTo(written.hasField(source));
        }
        if (!field.hasPresence() || read.hasField(field)) {
          compared += compareValue(written.getField(source), read.getField(field), place);
        }
      }
    }
    return compared;
  }

  private static int compareValue(Object written, Object read, String place) {
    if (read instanceof Message message
        && message.getDescriptorForType() != ((Message) written).getDescriptorForType()) {
      return compare((Message) written, message, place);
    }
    if (read instanceof EnumValueDescriptor value) {
      assertThat(value.getName()).as(place).isEqualTo(((EnumValueDescriptor) written).getName());
      assertThat(value.getNumber())
          .as(place)
          .isEqualTo(((EnumValueDescriptor) written).getNumber());
    } else {
      assertThat(read).as(place).isEqualTo(written);
    }
    return 1;
  }
}
