package io.librarymesh.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Source: Envoy {@code StreamRateLimiter}: a bucket of sixteen slices that fills in a second. */
class ResponsePaceTest {
  private static final long SLICE = TimeUnit.SECONDS.toNanos(1) / 16;

  // Shortly before the clock wraps, so that comparing readings instead of subtracting them shows.
  private long now = Long.MAX_VALUE - SLICE;

  private ResponsePace pace(long kibPerSecond) {
    return new FaultDecision.Throttle(kibPerSecond, FaultDecision.None.INSTANCE).pace(() -> now);
  }

  private static void take(ResponsePace pace, long bytes) {
    assertThat(pace.available()).isGreaterThanOrEqualTo(bytes);
    pace.read(bytes);
  }

  @Test
  void firstSliceIsThereAtOnceAndTheNextAfterASixteenth() {
    ResponsePace pace = pace(1);
    take(pace, 64);
    assertThat(pace.available()).isZero();
    assertThat(pace.nanosToNext()).isEqualTo(SLICE);
    now += SLICE - 1;
    assertThat(pace.available()).isZero();
    assertThat(pace.nanosToNext()).isEqualTo(1);
    now += 1;
    assertThat(pace.available()).isEqualTo(64);
    assertThat(pace.nanosToNext()).isZero();
  }

  @Test
  void sliceMayBeReadInParts() {
    ResponsePace pace = pace(1);
    take(pace, 10);
    assertThat(pace.available()).isEqualTo(54);
    now += SLICE;
    assertThat(pace.available()).isEqualTo(54 + 64);
    take(pace, 60);
    assertThat(pace.available()).isEqualTo(58);
    take(pace, 58);
    assertThat(pace.available()).isZero();
    assertThat(pace.nanosToNext()).isEqualTo(SLICE);
  }

  @Test
  void noMoreThanASecondIsSavedUp() {
    ResponsePace pace = pace(100);
    now += TimeUnit.HOURS.toNanos(1);
    assertThat(pace.available()).isEqualTo(100 * 1024);
    take(pace, 100 * 1024);
    assertThat(pace.available()).isZero();
  }

  @Test
  void anHourAtFullSpeedIsTheRate() {
    ResponsePace pace = pace(3);
    long begun = now;
    long bytes = 0;
    while (now - begun < TimeUnit.HOURS.toNanos(1)) {
      long available = pace.available();
      pace.read(available);
      bytes += available;
      now += Math.max(1, pace.nanosToNext());
    }
    assertThat(bytes).isEqualTo(3600L * 3 * 1024);
  }

  @Test
  void rateBeyondAllMeasureIsNoLimit() {
    ResponsePace pace = pace(Long.MAX_VALUE);
    take(pace, 1L << 40);
    now += TimeUnit.HOURS.toNanos(1);
    assertThat(pace.available()).isGreaterThan(1L << 40);
  }
}
