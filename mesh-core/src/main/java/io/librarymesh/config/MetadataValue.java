package io.librarymesh.config;

import java.math.BigInteger;
import java.util.List;

/**
 * A value of an endpoint's or a route's metadata, for comparing. Source: {@code
 * google.protobuf.Value} within Envoy's {@code core.v3.Metadata}.
 */
public sealed interface MetadataValue {
  /** A string. */
  record Text(String value) implements MetadataValue {
    @Override
    public String toString() {
      return value;
    }
  }

  /** A number; equal when it is the same double. */
  record Numeric(double value) implements MetadataValue {
    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /**
   * A whole number beyond 2^53, of which a double would make its neighbour. Only tokens have such
   * ones; {@code google.protobuf.Value} has not.
   */
  record Whole(BigInteger value) implements MetadataValue {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** A boolean. */
  record Flag(boolean value) implements MetadataValue {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** A list, in order. */
  record Items(List<MetadataValue> values) implements MetadataValue {
    public Items {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return values.toString();
    }
  }

  /** A structure, the order of fields not counting. */
  record Fields(Metadata fields) implements MetadataValue {
    @Override
    public String toString() {
      return fields.toString();
    }
  }

  /** A null. */
  enum Nothing implements MetadataValue {
    INSTANCE
  }

  /** A string. */
  static MetadataValue of(String value) {
    return new Text(value);
  }
}
