package io.librarymesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.random.Draw;
import io.librarymesh.testkit.ScriptedDraws.Drawn;
import org.junit.jupiter.api.Test;

class ScriptedDrawsTest {
  private final ScriptedDraws draws = ScriptedDraws.seeded(1);

  @Test
  void scriptedValuesComeInOrderAndByKind() {
    draws.then(Draw.P2C_FIRST, 1, 2).then(Draw.P2C_SECOND, 0);

    assertThat(draws.nextInt(3, Draw.P2C_FIRST)).isEqualTo(1);
    assertThat(draws.nextInt(3, Draw.P2C_SECOND)).isZero();
    assertThat(draws.nextInt(4, Draw.P2C_FIRST)).isEqualTo(2);
    assertThat(draws.drawn())
        .containsExactly(
            new Drawn(Draw.P2C_FIRST, 3, 1),
            new Drawn(Draw.P2C_SECOND, 3, 0),
            new Drawn(Draw.P2C_FIRST, 4, 2));
    draws.assertScriptsUsedUp();
  }

  @Test
  void drawBeyondTheScriptFails() {
    draws.then(Draw.RETRY_JITTER, 7);
    int first = draws.nextInt(25, Draw.RETRY_JITTER);

    assertThat(first).isEqualTo(7);
    assertThatThrownBy(() -> draws.nextInt(50, Draw.RETRY_JITTER))
        .isInstanceOf(AssertionError.class)
        .hasMessage("draw RETRY_JITTER with bound 50 (expected: no draw, its script is used up)");
  }

  @Test
  void defaultFollowsTheScript() {
    draws.then(Draw.ROUND_ROBIN_START, 2).always(Draw.ROUND_ROBIN_START, 0);

    assertThat(draws.nextInt(3, Draw.ROUND_ROBIN_START)).isEqualTo(2);
    assertThat(draws.nextInt(3, Draw.ROUND_ROBIN_START)).isZero();
    assertThat(draws.nextInt(3, Draw.ROUND_ROBIN_START)).isZero();
  }

  @Test
  void scriptedValueMustBeBelowTheBound() {
    draws.then(Draw.PRIORITY, 100);

    assertThatThrownBy(() -> draws.nextInt(100, Draw.PRIORITY))
        .isInstanceOf(AssertionError.class)
        .hasMessage("scripted PRIORITY: 100 (expected: 0..99)");
  }

  @Test
  void valuesThatWereNeverDrawnAreReported() {
    draws.then(Draw.FAULT_ABORT, 3);

    assertThatThrownBy(draws::assertScriptsUsedUp)
        .isInstanceOf(AssertionError.class)
        .hasMessage("scripted draws left: [FAULT_ABORT [3]] (expected: all drawn)");
  }

  @Test
  void unscriptedDrawsDependOnlyOnTheSeed() {
    ScriptedDraws same = ScriptedDraws.seeded(1);

    for (int i = 0; i < 100; i++) {
      int value = draws.nextInt(1000, Draw.PRIORITY);
      assertThat(value).isBetween(0, 999);
      assertThat(same.nextInt(1000, Draw.PRIORITY)).isEqualTo(value);
    }
  }
}
