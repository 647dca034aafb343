package io.librarymesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeTimeTest {
  private final FakeTime time = new FakeTime();
  private final List<String> ran = new ArrayList<>();

  @Test
  void tasksRunInTheOrderInWhichTheyAreDue() {
    time.schedule(() -> ran.add("late at " + time.nanos()), 20);
    time.schedule(() -> ran.add("early at " + time.nanos()), 10);
    time.schedule(() -> ran.add("second early at " + time.nanos()), 10);

    time.advanceNanos(20);

    assertThat(ran).containsExactly("early at 10", "second early at 10", "late at 20");
    assertThat(time.nanos()).isEqualTo(20);
  }

  @Test
  void nothingRunsUntilTimeMoves() {
    time.schedule(() -> ran.add("now"), 0);

    assertThat(ran).isEmpty();
    time.runDue();
    assertThat(ran).containsExactly("now");
  }

  @Test
  void taskScheduledByTaskRunsInTheSameMoveWhenItIsDue() {
    time.schedule(() -> time.schedule(() -> ran.add("at " + time.nanos()), 5), 10);

    time.advanceNanos(14);
    assertThat(ran).isEmpty();
    time.advanceNanos(1);
    assertThat(ran).containsExactly("at 15");
  }

  @Test
  void cancelledTaskDoesNotRunAndIsForgotten() {
    Cancellable handle = time.schedule(() -> ran.add("never"), 10);

    handle.cancel();

    time.assertNoMoreTasks();
    time.advanceNanos(10);
    assertThat(ran).isEmpty();
  }

  @Test
  void waitingTasksCanBeAskedFor() {
    time.schedule(() -> {}, 1_000_000);

    assertThat(time.pendingTasks()).isEqualTo(1);
    assertThat(time.nextDueNanos()).hasValue(1_000_000);
    assertThatThrownBy(time::assertNoMoreTasks)
        .isInstanceOf(AssertionError.class)
        .hasMessage("scheduled tasks: [in PT0.001S] (expected: none)");
  }

  @Test
  void readingMayWrapWithoutDisturbingTheOrder() {
    FakeTime wrapping = FakeTime.startingAt(Long.MAX_VALUE - 5);
    wrapping.schedule(() -> ran.add("after the wrap"), 10);
    wrapping.schedule(() -> ran.add("before the wrap"), 1);

    long before = wrapping.nanos();
    wrapping.advance(Duration.ofNanos(10));

    assertThat(ran).containsExactly("before the wrap", "after the wrap");
    assertThat(wrapping.nanos()).isNegative();
    assertThat(wrapping.nanos() - before).isEqualTo(10);
  }

  @Test
  void hugeDelayIsNeverDue() {
    time.advanceNanos(5);
    time.schedule(() -> ran.add("never"), Long.MAX_VALUE);

    time.advance(Duration.ofDays(365));

    assertThat(ran).isEmpty();
  }
}
