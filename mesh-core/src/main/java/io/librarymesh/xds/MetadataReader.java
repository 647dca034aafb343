package io.librarymesh.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.HashMap;
import java.util.Map;

/** Reads what hosts are chosen by, and in what they are spoken to, of Envoy's metadata. */
final class MetadataReader {
  private static final String LOAD_BALANCING = "envoy.lb";
  private static final String SOCKET_MATCH = "envoy.transport_socket_match";

  private MetadataReader() {}

  /** The part that load balancing goes by; empty when there is none. */
  static Metadata read(io.librarymesh.proto.envoy.config.core.v3.Metadata message) {
    return read(message.getFilterMetadataOrDefault(LOAD_BALANCING, Struct.getDefaultInstance()));
  }

  /** The part that decides in what an endpoint is spoken to; empty when there is none. */
  static Metadata socketMatch(io.librarymesh.proto.envoy.config.core.v3.Metadata message) {
    return read(message.getFilterMetadataOrDefault(SOCKET_MATCH, Struct.getDefaultInstance()));
  }

  static Metadata read(Struct struct) {
    if (struct.getFieldsCount() == 0) {
      return Metadata.EMPTY;
    }
    Map<String, MetadataValue> values = new HashMap<>();
    struct.getFieldsMap().forEach((name, value) -> values.put(name, value(value)));
    return Metadata.of(values);
  }

  private static MetadataValue value(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> new MetadataValue.Text(value.getStringValue());
      case NUMBER_VALUE -> new MetadataValue.Numeric(value.getNumberValue());
      case BOOL_VALUE -> new MetadataValue.Flag(value.getBoolValue());
      case LIST_VALUE ->
          new MetadataValue.Items(
              value.getListValue().getValuesList().stream().map(MetadataReader::value).toList());
      case STRUCT_VALUE -> new MetadataValue.Fields(read(value.getStructValue()));
      case NULL_VALUE, KIND_NOT_SET -> MetadataValue.Nothing.INSTANCE;
    };
  }
}
