package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The bound on what is on its way to all clients together. */
class SendBudgetTest {

  private static final long MEGABYTE = 1 << 20;

  private final Deque<Runnable> timers = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();
  private long now;
  private final SendBudget budget =
      new SendBudget(10 * MEGABYTE, () -> now, (task, delay) -> timers.add(task));

  /** Sends one response of a size as soon as it may. */
  private final class Sender implements SendBudget.Guest {

    private final String name;
    private long due;

    Sender(String name, long bytes) {
      this.name = name;
      this.due = bytes;
    }

    @Override
    public void hasRoom() {
      if (due > 0 && budget.claim(this, due)) {
        sent.add(name);
        due = 0;
      }
    }
  }

  private Sender send(String name, long bytes) {
    Sender sender = new Sender(name, bytes);
    sender.hasRoom();
    return sender;
  }

  @Test
  void holdsAtMostSoManyBytesInFlight() {
    List<Sender> senders = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      senders.add(send("s" + i, 3 * MEGABYTE));
      assertThat(budget.inFlight()).isLessThanOrEqualTo(10 * MEGABYTE);
    }
    assertThat(sent).containsExactly("s0", "s1", "s2");
    for (int i = 0; i < 50; i++) {
      budget.drained(senders.get(i));
      assertThat(budget.inFlight()).isLessThanOrEqualTo(10 * MEGABYTE);
    }

    assertThat(sent).hasSize(50).isEqualTo(senders.stream().map(sender -> sender.name).toList());
    assertThat(budget.inFlight()).isZero();
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void smallResponseNeverWaits() {
    send("large", 10 * MEGABYTE);
    send("waits", MEGABYTE);
    send("small", SendBudget.SMALL_BYTES);

    assertThat(sent).containsExactly("large", "small");
    assertThat(budget.inFlight()).isEqualTo(10 * MEGABYTE);
  }

  @Test
  void responseThatIsLargerThanAllGoesAlone() {
    Sender first = send("first", 9 * MEGABYTE);
    Sender huge = send("huge", 30 * MEGABYTE);
    send("next", MEGABYTE);
    assertThat(sent).containsExactly("first");
    budget.drained(first);
    assertThat(sent).containsExactly("first", "huge");
    budget.drained(huge);

    assertThat(sent).containsExactly("first", "huge", "next");
  }

  @Test
  void whoHasNothingToSendAnyMoreOrHasGoneHoldsNobodyUp() {
    Sender first = send("first", 10 * MEGABYTE);
    Sender settled = send("settled", MEGABYTE);
    Sender gone = send("gone", MEGABYTE);
    send("next", MEGABYTE);
    settled.due = 0;
    budget.left(gone);
    budget.left(first);

    assertThat(sent).containsExactly("first", "next");
    assertThat(budget.waiting()).isZero();
    assertThat(budget.inFlight()).isEqualTo(MEGABYTE);
  }

  @Test
  void whoDoesNotReadMakesWayAfterAWhile() {
    Sender stalled = send("stalled", 10 * MEGABYTE);
    send("next", MEGABYTE);
    now = TimeUnit.SECONDS.toNanos(10);
    timers.remove().run();
    assertThat(sent).containsExactly("stalled", "next");
    budget.drained(stalled);

    assertThat(budget.inFlight()).isEqualTo(MEGABYTE);
    assertThat(timers).isEmpty();
  }
}
