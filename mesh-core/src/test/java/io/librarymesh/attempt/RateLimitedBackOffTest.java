package io.librarymesh.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RetryPolicy.ResetHeader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitedBackOffTest {
  private static final long NOW = 1_700_000_000_500L;
  private static final RetryPolicy.RateLimitedBackOff BOTH =
      new RetryPolicy.RateLimitedBackOff(
          List.of(new ResetHeader("Retry-After", false), new ResetHeader("X-Reset", true)),
          300_000_000_000L);

  @Test
  void secondsFromNow() {
    assertThat(millis(Map.of("retry-after", "25"), 0)).isEqualTo(25_000);
    assertThat(millis(Map.of("retry-after", " 25 "), 12_499)).isEqualTo(37_499);
  }

  @Test
  void noTimeAtAllLeavesItToTheBackOff() {
    assertThat(millis(Map.of("retry-after", "0"), 0)).isEqualTo(-1);
    assertThat(millis(Map.of("retry-after", "0", "x-reset", "1700000002"), 0)).isEqualTo(-1);
    assertThat(millis(Map.of("x-reset", "1700000000"), 0)).isEqualTo(-1);
  }

  @Test
  void timeOfTheDay() {
    assertThat(millis(Map.of("x-reset", "1700000002"), 0)).isEqualTo(2_000);
    assertThat(millis(Map.of("x-reset", "1700000002"), 999)).isEqualTo(2_999);
    assertThat(millis(Map.of("x-reset", "1699999999"), 0)).isEqualTo(-1);
  }

  @Test
  void firstHeaderOfUseCounts() {
    assertThat(millis(Map.of("retry-after", "3", "x-reset", "1700000002"), 0)).isEqualTo(3_000);
    assertThat(millis(Map.of("retry-after", "x", "x-reset", "1700000002"), 0)).isEqualTo(2_000);
    assertThat(millis(Map.of("retry-after", "301", "x-reset", "1700000002"), 0)).isEqualTo(2_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5", "301", "Wed, 21 Oct 2015 07:28:00 GMT", "9999999999999"})
  void whatIsOfNoUseIsPassedOver(String value) {
    assertThat(millis(Map.of("retry-after", value), 0)).isEqualTo(-1);
  }

  private static long millis(Map<String, String> headers, int drawn) {
    long nanos =
        RateLimitedBackOff.intervalNanos(
            BOTH,
            headers::get,
            NOW,
            (bound, draw) -> {
              assertThat(drawn).isLessThan(bound);
              return drawn;
            });
    return nanos < 0 ? nanos : nanos / 1_000_000;
  }
}
