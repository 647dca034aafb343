package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.outcome.TransportFailure;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OkHttp's words, and what they mean. */
class FailureKindTest {
  @ParameterizedTest
  @CsvSource({
    // The upstream hung up or reset the connection.
    "unexpected end of stream, true, CONNECTION_TERMINATION",
    "Connection reset, true, CONNECTION_TERMINATION",
    "stream was reset: CANCEL, true, CONNECTION_TERMINATION",
    "closed, true, CONNECTION_TERMINATION",
    // The upstream reset one stream.
    "stream was reset: CANCEL, false, REMOTE_RESET",
    "stream was reset: REFUSED_STREAM, false, REFUSED_STREAM",
    // The upstream sent what is no frame: the reader says so, or the writer finds it closed.
    "FRAME_SIZE_ERROR: 6775154, false, PROTOCOL_ERROR",
    "PROTOCOL_ERROR: 1, false, PROTOCOL_ERROR",
    "closed, false, PROTOCOL_ERROR",
    "Socket closed, false, PROTOCOL_ERROR",
  })
  void wordsOfOkHttp(String message, boolean connectionEnded, TransportFailure expected) {
    assertThat(FailureKind.of(new IOException(message), connectionEnded)).isEqualTo(expected);
  }
}
