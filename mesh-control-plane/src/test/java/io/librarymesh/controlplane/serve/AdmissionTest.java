package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.Admission.Answer.ADMITTED;
import static io.librarymesh.controlplane.serve.Admission.Answer.REFUSED;
import static io.librarymesh.controlplane.serve.Admission.Answer.WAITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final long TURN = TimeUnit.SECONDS.toNanos(10);

  private final List<String> turns = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private long now;

  private Admission admission(int parallel, int waiting) {
    return new Admission(
        new ServeLimits(parallel, waiting),
        () -> now,
        (task, delay) -> {
          assertThat(delay).isEqualTo(TURN);
          timers.add(task);
        });
  }

  private Admission.Guest guest(String name) {
    return () -> turns.add(name);
  }

  private void passTurn() {
    now += TURN;
    List<Runnable> due = List.copyOf(timers);
    timers.clear();
    due.forEach(Runnable::run);
  }

  @Test
  void asManyAsMayAreAdmittedAndTheOthersInTheOrderInWhichTheyCame() {
    Admission admission = admission(2, 10);
    Admission.Guest a = guest("a");
    Admission.Guest b = guest("b");
    Admission.Guest c = guest("c");
    Admission.Guest d = guest("d");
    assertThat(List.of(admission.ask(a), admission.ask(b), admission.ask(c), admission.ask(d)))
        .containsExactly(ADMITTED, ADMITTED, WAITS, WAITS);
    assertThat(admission.ask(c)).isEqualTo(WAITS);
    assertThat(admission.waiting()).isEqualTo(2);
    admission.done(b);
    assertThat(turns).containsExactly("c");
    assertThat(admission.ask(c)).isEqualTo(ADMITTED);
    admission.left(a);

    assertThat(turns).containsExactly("c", "d");
    assertThat(admission.syncing()).isEqualTo(2);
    assertThat(admission.waiting()).isZero();
  }

  @Test
  void whoIsInTheMiddleGoesBeforeWhoHasNothing() {
    Admission admission = admission(1, 10);
    Admission.Guest a = guest("a");
    Admission.Guest b = guest("b");
    Admission.Guest c = guest("c");
    admission.ask(a);
    admission.ask(b);
    admission.ask(c);
    admission.done(a);
    assertThat(admission.ask(a)).isEqualTo(WAITS);
    admission.done(b);

    assertThat(turns).containsExactly("b", "a");
  }

  @Test
  void tooManyAreRefusedAndThoseWhoBeganAreNot() {
    Admission admission = admission(1, 1);
    Admission.Guest a = guest("a");
    Admission.Guest b = guest("b");
    admission.ask(a);
    admission.ask(b);
    assertThat(admission.ask(guest("c"))).isEqualTo(REFUSED);
    admission.done(a);
    assertThat(admission.ask(guest("d"))).isEqualTo(WAITS);
    assertThat(admission.ask(a)).isEqualTo(WAITS);

    assertThat(admission.ask(guest("e"))).isEqualTo(REFUSED);
    assertThat(admission.refused()).isEqualTo(2);
  }

  @Test
  void whoTakesTooLongMakesWay() {
    Admission admission = admission(1, 10);
    admission.ask(guest("silent"));
    assertThat(timers).isEmpty();
    admission.ask(guest("b"));
    admission.ask(guest("c"));
    assertThat(timers).hasSize(1);
    passTurn();
    assertThat(turns).containsExactly("b");
    passTurn();

    assertThat(turns).containsExactly("b", "c");
    assertThat(timers).isEmpty();
    assertThat(admission.syncing()).isEqualTo(1);
  }

  @Test
  void whoLeavesWhileWaitingIsForgotten() {
    Admission admission = admission(1, 10);
    Admission.Guest a = guest("a");
    Admission.Guest b = guest("b");
    admission.ask(a);
    admission.ask(b);
    admission.left(b);
    admission.left(a);

    assertThat(turns).isEmpty();
    assertThat(admission.syncing()).isZero();
    assertThat(admission.waiting()).isZero();
  }

  @Test
  void manyWhoHaveNothingToBeSentLetTheNextOneIn() {
    Admission admission = admission(1, 200_000);
    Admission.Guest first = guest("first");
    admission.ask(first);
    for (int i = 0; i < 100_000; i++) {
      admission.ask(
          new Admission.Guest() {
            @Override
            public void admitted() {
              admission.done(this);
            }
          });
    }
    admission.ask(guest("last"));
    admission.done(first);

    assertThat(turns).containsExactly("last");
  }

  @Test
  void limitsAreChecked() {
    assertThatThrownBy(() -> new ServeLimits(0, 1)).hasMessage("parallelSyncs: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new ServeLimits(1, -1))
        .hasMessage("waitingSyncs: -1 (expected: >= 0)");
    assertThatThrownBy(() -> ServeLimits.DEFAULT.withMaxConnectionAge(Duration.ZERO))
        .hasMessage("maxConnectionAge: PT0S (expected: > 0)");
  }
}
