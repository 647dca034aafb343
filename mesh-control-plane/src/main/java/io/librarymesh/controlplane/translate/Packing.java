package io.librarymesh.controlplane.translate;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.proto.envoy.config.core.v3.AggregatedConfigSource;
import io.librarymesh.proto.envoy.config.core.v3.ApiVersion;
import io.librarymesh.proto.envoy.config.core.v3.ConfigSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** Small messages that every translation needs, and bytes that are equal for equal messages. */
public final class Packing {

  /** Under which metadata says what xDS has no field for. */
  static final String OWN_METADATA = "io.librarymesh";

  private static final String TYPE_PREFIX = "type.googleapis.com/";

  /** "From the stream that this came over". */
  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setResourceApiVersion(ApiVersion.V3)
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .build();

  private Packing() {}

  /** The message with its type, map entries sorted by key. */
  public static Any pack(Message message) {
    return Any.newBuilder()
        .setTypeUrl(TYPE_PREFIX + message.getDescriptorForType().getFullName())
        .setValue(bytes(message))
        .build();
  }

  private static ByteString bytes(Message message) {
    ByteString.Output bytes = ByteString.newOutput(message.getSerializedSize());
    try {
      CodedOutputStream output = CodedOutputStream.newInstance(bytes);
      output.useDeterministicSerialization();
      message.writeTo(output);
      output.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteString();
  }

  static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  static Struct struct(Map<String, String> fields) {
    Struct.Builder struct = Struct.newBuilder();
    new TreeMap<>(fields).forEach((k, v) -> struct.putFields(k, text(v)));
    return struct.build();
  }

  static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }
}
