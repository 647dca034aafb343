package io.librarymesh.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;

/**
 * Reads where a resource, or a part of one, was written. Our server says file and line; Istio says
 * the resource, as {@code /apis/GROUP/VERSION/namespaces/NAMESPACE/KIND/NAME}.
 */
final class OriginReader {
  private OriginReader() {}

  /** {@code FILE:LINE} or {@code KIND NAMESPACE/NAME}; empty when nothing says it. */
  static String read(Metadata metadata) {
    String place = text(metadata, "io.librarymesh", "origin");
    if (!place.isEmpty()) {
      return place;
    }
    String[] parts = text(metadata, "istio", "config").split("/", -1);
    return parts.length == 8 ? parts[6] + " " + parts[5] + "/" + parts[7] : "";
  }

  private static String text(Metadata metadata, String filter, String key) {
    Struct values = metadata.getFilterMetadataOrDefault(filter, Struct.getDefaultInstance());
    return values.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
  }
}
