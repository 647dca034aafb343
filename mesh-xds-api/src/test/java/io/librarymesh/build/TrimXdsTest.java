package io.librarymesh.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The keep list's grammar, its errors, and what is left of a file. */
final class TrimXdsTest {

  private static final FileDescriptorSet API =
      FileDescriptorSet.newBuilder()
          .addFile(
              FileDescriptorProto.newBuilder()
                  .setName("p/v3/a.proto")
                  .setPackage("p.v3")
                  .setSyntax("proto3")
                  .addMessageType(outer())
                  .addMessageType(
                      DescriptorProto.newBuilder().setName("Other").addEnumType(mode())))
          .build();

  private static DescriptorProto outer() {
    return DescriptorProto.newBuilder()
        .setName("Outer")
        .addOneofDecl(OneofDescriptorProto.newBuilder().setName("gone"))
        .addOneofDecl(OneofDescriptorProto.newBuilder().setName("choice"))
        .addField(string("plain", 1))
        .addField(string("old", 2).setOptions(FieldOptions.newBuilder().setDeprecated(true)))
        .addField(string("first", 3).setOneofIndex(0))
        .addField(string("left", 4).setOneofIndex(1))
        .addField(string("right", 5).setOneofIndex(1))
        .addField(message("other", 6, ".p.v3.Other"))
        .addField(message("nested", 7, ".p.v3.Outer.Nested"))
        .addField(
            string("mode", 8)
                .setType(FieldDescriptorProto.Type.TYPE_ENUM)
                .setTypeName(".p.v3.Other.Mode"))
        .addNestedType(DescriptorProto.newBuilder().setName("Nested"))
        .build();
  }

  private static EnumDescriptorProto mode() {
    return EnumDescriptorProto.newBuilder()
        .setName("Mode")
        .addValue(EnumValueDescriptorProto.newBuilder().setName("OFF").setNumber(0))
        .build();
  }

  private static FieldDescriptorProto.Builder string(String name, int number) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
        .setType(FieldDescriptorProto.Type.TYPE_STRING);
  }

  private static FieldDescriptorProto.Builder message(String name, int number, String type) {
    return string(name, number).setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(type);
  }

  private static List<String> errors(String... lines) {
    TrimXds.KeepList keep = TrimXds.KeepList.parse(List.of(lines));
    new TrimXds(keep, API).trim();
    return keep.errors;
  }

  private static FileDescriptor trimmed(String... lines) throws DescriptorValidationException {
    TrimXds.KeepList keep = TrimXds.KeepList.parse(List.of(lines));
    FileDescriptorSet result = new TrimXds(keep, API).trim();
    assertThat(keep.errors).isEmpty();
    assertThat(result.getFileCount()).isEqualTo(1);
    return FileDescriptor.buildFrom(result.getFile(0), new FileDescriptor[0]);
  }

  @Test
  void namedFieldsAreKeptWithTheirNumbers() throws DescriptorValidationException {
    Descriptor outer = trimmed("package p.v3", "Outer: plain old").findMessageTypeByName("Outer");

    assertThat(outer.getFields())
        .extracting(FieldDescriptor::getName)
        .containsExactly("plain", "old");
    assertThat(outer.getFields()).extracting(FieldDescriptor::getNumber).containsExactly(1, 2);
    assertThat(outer.getNestedTypes()).isEmpty();
  }

  @Test
  void starLeavesOutDeprecatedFieldsAndThoseTakenAway() throws DescriptorValidationException {
    Descriptor outer =
        trimmed("package p.v3", "Outer: * -other -mode", "Outer.Nested:")
            .findMessageTypeByName("Outer");

    assertThat(outer.getFields())
        .extracting(FieldDescriptor::getName)
        .containsExactly("plain", "first", "left", "right", "nested");
  }

  @Test
  void plusBringsBackDeprecatedField() throws DescriptorValidationException {
    Descriptor outer =
        trimmed("package p.v3", "Outer: * +old -other -nested -mode")
            .findMessageTypeByName("Outer");

    assertThat(outer.findFieldByName("old").getNumber()).isEqualTo(2);
    assertThat(outer.findFieldByName("old").getOptions())
        .isEqualTo(FieldOptions.getDefaultInstance());
  }

  @Test
  void oneofKeepsItsNameWhenOneBeforeItGoes() throws DescriptorValidationException {
    Descriptor outer = trimmed("package p.v3", "Outer: right").findMessageTypeByName("Outer");

    assertThat(outer.getOneofs()).extracting(OneofDescriptor::getName).containsExactly("choice");
    assertThat(outer.getOneofs().get(0).getFields())
        .extracting(FieldDescriptor::getNumber)
        .containsExactly(5);
  }

  @Test
  void javaPackageIsOursAndProtoPackageStays() throws DescriptorValidationException {
    FileDescriptor file = trimmed("package p.v3", "Other:");

    assertThat(file.getPackage()).isEqualTo("p.v3");
    assertThat(file.getOptions().getJavaPackage()).isEqualTo("io.librarymesh.proto.p.v3");
    assertThat(file.getOptions().getJavaMultipleFiles()).isTrue();
  }

  @Test
  void keptFieldWhoseTypeIsNotKeptIsAnError() {
    assertThat(errors("package p.v3", "Outer: other nested"))
        .containsExactly(
            "p.v3.Outer.other: needs p.v3.Other (expected: a line for that, or not this field)",
            "p.v3.Outer.nested: needs p.v3.Outer.Nested (expected: a line for that, or not this"
                + " field)");
  }

  @Test
  void enumNeedsTheMessageThatEnclosesIt() throws DescriptorValidationException {
    assertThat(errors("package p.v3", "Outer: mode"))
        .containsExactly(
            "p.v3.Outer.mode: needs p.v3.Other (expected: a line for that, or not this field)");

    FileDescriptor file = trimmed("package p.v3", "Outer: mode", "Other:");
    assertThat(file.findMessageTypeByName("Other").getEnumTypes()).hasSize(1);
  }

  @Test
  void namesThatTheApiDoesNotHaveAreErrors() {
    assertThat(
            errors(
                "package p.v3", "Outer: * -odd -other -nested -mode", "Missing: *", "service Gone"))
        .containsExactly(
            "p.v3.Missing: no such message (expected: one that the API has)",
            "p.v3.Gone: no such service (expected: one that the API has)",
            "p.v3.Outer.odd: no such field (expected: one of the message)");
  }

  @Test
  void linesOutOfFormAreErrors() {
    assertThat(errors("package p.v3", "Outer.Nested:", "Other", "Other:", "Other: *", "# Other"))
        .containsExactly(
            "p.v3.Outer.Nested: not enclosed (expected: the outer message in a line before it)",
            "Other: not understood (expected: Message: fields)",
            "p.v3.Other: listed twice (expected: one line)");
  }
}
