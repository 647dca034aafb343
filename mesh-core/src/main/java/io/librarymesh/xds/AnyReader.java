package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.Optional;

/** Unpacks {@code google.protobuf.Any}. */
final class AnyReader {
  private AnyReader() {}

  /** Empty, with an error added, when the bytes are not such a message. */
  static <M extends Message> Optional<M> unpack(
      Any any, Class<M> type, FieldPath at, Findings findings) {
    try {
      return Optional.of(any.unpack(type));
    } catch (InvalidProtocolBufferException e) {
      findings.error(
          at, typeName(any) + " (expected: " + type.getSimpleName() + "; " + e.getMessage() + ")");
      return Optional.empty();
    }
  }

  /** The message type's full name, such as {@code envoy.config.cluster.v3.Cluster}. */
  static String typeName(Any any) {
    String url = any.getTypeUrl();
    return url.isEmpty() ? "no type" : url.substring(url.lastIndexOf('/') + 1);
  }
}
