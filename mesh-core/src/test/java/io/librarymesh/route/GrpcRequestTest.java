package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Source: gRPC over HTTP/2, {@code Timeout}; Envoy {@code Grpc::Common::toGrpcTimeout}. */
final class GrpcRequestTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0m",
    "1, 1m",
    "99999999, 99999999m",
    "100000000, 100000S",
    "99999999000, 99999999S",
    "100000000000, 1666666M"
  })
  void timeIsToldInTheFinestUnitThatHasRoom(long millis, String told) {
    assertThat(GrpcRequest.timeout(TimeUnit.MILLISECONDS.toNanos(millis))).isEqualTo(told);
  }

  @Test
  void longestTimeThereIsIsToldInHours() {
    assertThat(GrpcRequest.timeout(Long.MAX_VALUE)).isEqualTo("2562047H");
  }

  @Test
  void contentTypeOfGrpcMayHaveASuffix() {
    assertThat(GrpcRequest.isGrpc("application/grpc")).isTrue();
    assertThat(GrpcRequest.isGrpc("application/grpc+json")).isTrue();
    assertThat(GrpcRequest.isGrpc("application/grpc;charset=utf-8")).isTrue();
    assertThat(GrpcRequest.isGrpc("application/grpc-web")).isFalse();
    assertThat(GrpcRequest.isGrpc("application/grp")).isFalse();
    assertThat(GrpcRequest.isGrpc((String) null)).isFalse();
  }
}
