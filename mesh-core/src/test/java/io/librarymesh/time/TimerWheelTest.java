package io.librarymesh.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private final TimerWheel wheel = new TimerWheel();
  private final List<String> ran = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  private Cancellable add(String name, long dueNanos) {
    return wheel.add(() -> ran.add(name), dueNanos);
  }

  private List<String> at(long nowNanos) {
    ran.clear();
    wheel.runDue(nowNanos, failure -> failed.add(failure.getMessage()));
    return ran;
  }

  @Test
  void aTaskRunsOnceAndNotBeforeItsTime() {
    add("a", 5 * MILLI);

    assertThat(at(5 * MILLI - 1)).isEmpty();
    assertThat(at(5 * MILLI)).containsExactly("a");
    assertThat(at(6 * MILLI)).isEmpty();
  }

  @Test
  void tasksOfOneSlotRunAtTheirOwnTimes() {
    add("late", 100);
    add("early", 50);

    assertThat(at(60)).containsExactly("early");
    assertThat(at(100)).containsExactly("late");
  }

  @Test
  void tasksOfOneTimeRunInTheOrderInWhichTheyCame() {
    add("first", 100);
    Cancellable taken = add("taken out", 100);
    add("second", 100);
    taken.cancel();
    add("third", 100);

    assertThat(at(100)).containsExactly("first", "second", "third");
  }

  @Test
  void overdueTasksKeepTheirOrder() {
    at(10 * MILLI);
    add("first", 9 * MILLI);
    add("second", 10 * MILLI);

    assertThat(at(11 * MILLI)).containsExactly("first", "second");
  }

  @Test
  void cancelledTasksDoNotRun() {
    add("first", 10);
    Cancellable second = add("second", 10);
    Cancellable third = add("third", 10);
    second.cancel();
    third.cancel();
    third.cancel();

    assertThat(at(10)).containsExactly("first");
    assertThat(wheel.nextNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aTaskOfALaterTurnWaitsForIt() {
    add("a minute", 60 * SECOND);

    for (long now = 0; now < 60 * SECOND; now += SECOND / 2) {
      assertThat(at(now)).isEmpty();
    }
    assertThat(at(60 * SECOND)).containsExactly("a minute");
  }

  @Test
  void tasksAreFoundAfterALongSleep() {
    add("a", SECOND);
    add("b", 100 * SECOND);

    assertThat(at(1_000 * SECOND)).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aTaskThatComesTooLateForItsSlotRunsWithTheNextLook() {
    assertThat(at(5 * SECOND)).isEmpty();
    add("overdue", SECOND);

    assertThat(wheel.nextNanos()).isLessThanOrEqualTo(5 * SECOND);
    assertThat(at(5 * SECOND)).containsExactly("overdue");
  }

  @Test
  void aTaskMayAddAnother() {
    wheel.add(() -> add("second", 7), 7);

    assertThat(at(7)).containsExactly("second");
  }

  @Test
  void aTaskThatThrowsEndsNoOther() {
    wheel.add(
        () -> {
          throw new IllegalStateException("boom");
        },
        1);
    add("a", 1);

    assertThat(at(1)).containsExactly("a");
    assertThat(failed).containsExactly("boom");
  }

  @Test
  void theNextLookIsThatOfTheEarliestTask() {
    add("later", 70 * MILLI);
    add("sooner", 30 * MILLI + 17);

    assertThat(wheel.nextNanos()).isEqualTo(30 * MILLI + 17);
  }

  @Test
  void aTaskThatComesDueWhileOthersRunIsNotForgotten() {
    add("in the slot of the look", 5 * MILLI + 10);

    assertThat(at(5 * MILLI)).isEmpty();
    // Time goes on here, past the task's slot.
    assertThat(wheel.nextNanos()).isLessThanOrEqualTo(5 * MILLI + 10);
    assertThat(at(9 * MILLI)).containsExactly("in the slot of the look");
  }

  @Test
  void aTaskFarAwayIsLookedForATurnLater() {
    add("an hour", 3600 * SECOND);

    assertThat(wheel.nextNanos()).isBetween(SECOND, 3 * SECOND);
  }

  @Test
  void agreesWithASortedListOverManyTasks() {
    SplittableRandom random = new SplittableRandom(20261122);
    TreeMap<Long, List<String>> expected = new TreeMap<>();
    List<Map.Entry<Long, Cancellable>> handles = new ArrayList<>();
    long now = 0;
    for (int round = 0; round < 20_000; round++) {
      long due = now + random.nextLong(random.nextInt(10) == 0 ? 30 * SECOND : 40 * MILLI);
      String name = "task " + round;
      handles.add(Map.entry(due, add(name, due)));
      expected.computeIfAbsent(due, at -> new ArrayList<>()).add(name);
      if (random.nextInt(3) == 0) {
        int victim = random.nextInt(handles.size());
        handles.get(victim).getValue().cancel();
        List<String> left = expected.get(handles.get(victim).getKey());
        if (left != null) {
          left.remove("task " + victim);
        }
      }
      long next = wheel.nextNanos();
      long earliest =
          expected.entrySet().stream()
              .filter(entry -> !entry.getValue().isEmpty())
              .mapToLong(Map.Entry::getKey)
              .findFirst()
              .orElse(Long.MAX_VALUE);
      assertThat(next).isLessThanOrEqualTo(earliest);
      now += random.nextLong(3 * MILLI);
      Map<Long, List<String>> due2 = expected.headMap(now, true);
      List<String> names = due2.values().stream().flatMap(List::stream).toList();
      assertThat(at(now)).containsExactlyInAnyOrderElementsOf(names);
      due2.clear();
    }
  }
}
