package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DebounceTest {

  private final Debounce debounce = new Debounce(100, 10_000);

  @Test
  void firstChangeIsPushedAtOnce() {
    assertThat(debounce.changed(0)).isZero();
    assertThat(debounce.isPending()).isFalse();
  }

  @Test
  void changeAfterAQuietTimeIsPushedAtOnce() {
    debounce.changed(0);

    assertThat(debounce.changed(100)).isZero();
  }

  @Test
  void changesThatComeCloseWaitForQuiet() {
    debounce.changed(0);

    assertThat(debounce.changed(40)).isEqualTo(100);
    assertThat(debounce.isPending()).isTrue();
    assertThat(debounce.changed(90)).isEqualTo(100);
    assertThat(debounce.remaining(140)).isEqualTo(50);
    assertThat(debounce.remaining(190)).isZero();
  }

  @Test
  void changesThatNeverStopArePushedAfterTheLongestWait() {
    debounce.changed(0);
    debounce.changed(50);
    for (long now = 100; now < 10_000; now += 50) {
      debounce.changed(now);
    }

    assertThat(debounce.remaining(10_000)).isEqualTo(50);
    assertThat(debounce.remaining(10_050)).isZero();
  }

  @Test
  void pushedChangesAreForgottenButTheirTimeIsNot() {
    debounce.changed(0);
    debounce.changed(50);
    debounce.pushed();

    assertThat(debounce.isPending()).isFalse();
    assertThat(debounce.changed(120)).isEqualTo(100);
    debounce.pushed();
    assertThat(debounce.changed(300)).isZero();
  }
}
