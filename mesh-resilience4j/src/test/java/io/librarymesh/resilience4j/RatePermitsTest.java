package io.librarymesh.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.RateLimit;
import io.librarymesh.guard.PermitProvider;
import io.librarymesh.guard.RatePermits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the mesh relies on in Resilience4j's rate limiter. */
final class RatePermitsTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Shortly before it wraps, which a clock of this kind may do at any time. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1500 * MS);

  private RatePermits permits(int requests, long intervalMillis, long maxWaitMillis) {
    RateLimit limit = new RateLimit(requests, intervalMillis * MS, maxWaitMillis * MS);
    return new Resilience4jPermits().rate("test", limit, now::get);
  }

  @Test
  void isFoundByTheMesh() {
    assertThat(PermitProvider.find()).containsInstanceOf(Resilience4jPermits.class);
  }

  @Test
  void allRequestsOfAnIntervalAreAvailableAtItsStart() {
    RatePermits permits = permits(3, 1000, 0);

    for (int interval = 0; interval < 5; interval++) {
      assertThat(permits.reserve()).isZero();
      assertThat(permits.reserve()).isZero();
      assertThat(permits.reserve()).isZero();
      assertThat(permits.reserve()).isNegative();
      now.addAndGet(999 * MS);
      assertThat(permits.reserve()).isNegative();
      now.addAndGet(MS);
    }
  }

  @Test
  void whatIsLeftOfAnIntervalIsGone() {
    RatePermits permits = permits(2, 1000, 0);
    now.addAndGet(100_000 * MS);

    assertThat(permits.reserve()).isZero();
    assertThat(permits.reserve()).isZero();
    assertThat(permits.reserve()).isNegative();
  }

  @Test
  void waitLastsToTheIntervalInWhichThereIsRoom() {
    RatePermits permits = permits(1, 1000, 2000);
    now.addAndGet(400 * MS);

    assertThat(permits.reserve()).isZero();
    assertThat(permits.reserve()).isEqualTo(600 * MS);
    assertThat(permits.reserve()).isEqualTo(1600 * MS);
    assertThat(permits.reserve()).isNegative();
  }

  @Test
  void reservedPermitIsTakenFromItsInterval() {
    RatePermits permits = permits(2, 1000, 1000);
    for (int i = 0; i < 2; i++) {
      assertThat(permits.reserve()).isZero();
    }
    assertThat(permits.reserve()).isEqualTo(1000 * MS);

    now.addAndGet(1000 * MS);
    assertThat(permits.reserve()).isZero();
    assertThat(permits.reserve()).isEqualTo(1000 * MS);
  }
}
