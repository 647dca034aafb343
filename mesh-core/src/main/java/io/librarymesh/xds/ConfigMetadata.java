package io.librarymesh.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;

/** Reads what the metadata of a resource, or of a part of one, say of use here. */
final class ConfigMetadata {
  private static final String OWN = "io.librarymesh";

  private ConfigMetadata() {}

  /**
   * Where it was written. Our server says file and line; Istio says the resource, as {@code
   * /apis/GROUP/VERSION/namespaces/NAMESPACE/KIND/NAME}.
   *
   * @return {@code FILE:LINE} or {@code KIND NAMESPACE/NAME}; empty when nothing says it
   */
  static String origin(Metadata metadata) {
    String place = value(metadata, OWN, "origin").getStringValue();
    if (!place.isEmpty()) {
      return place;
    }
    String[] parts = value(metadata, "istio", "config").getStringValue().split("/", -1);
    return parts.length == 8 ? parts[6] + " " + parts[5] + "/" + parts[7] : "";
  }

  /** Why nobody has declared what a listener is for; empty when somebody has. */
  static String unknown(Metadata metadata) {
    return value(metadata, OWN, "unknown").getStringValue();
  }

  /** Whether requests of a route may be processed twice, whatever their method. */
  static boolean retriesAnyMethod(Metadata metadata) {
    return value(metadata, OWN, "retry_any_method").getBoolValue();
  }

  private static Value value(Metadata metadata, String filter, String key) {
    return metadata
        .getFilterMetadataOrDefault(filter, Struct.getDefaultInstance())
        .getFieldsOrDefault(key, Value.getDefaultInstance());
  }
}
