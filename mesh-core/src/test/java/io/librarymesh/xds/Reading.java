package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.util.List;

/** Reads messages as the client does, and takes the result apart. */
final class Reading {
  private Reading() {}

  static <T> T value(ResourceType<T> type, Message message) {
    return accepted(type, message).value();
  }

  static <T> List<String> warnings(ResourceType<T> type, Message message) {
    return accepted(type, message).warnings();
  }

  static <T> List<String> errors(ResourceType<T> type, Message message) {
    ReadResult<T> result = type.read(message.toByteString());
    assertThat(result).isInstanceOf(ReadResult.Refused.class);
    return ((ReadResult.Refused<T>) result).errors();
  }

  private static <T> ReadResult.Accepted<T> accepted(ResourceType<T> type, Message message) {
    ReadResult<T> result = type.read(message.toByteString());
    assertThat(result).isInstanceOf(ReadResult.Accepted.class);
    return (ReadResult.Accepted<T>) result;
  }
}
