package io.librarymesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrialsTest {
  @Test
  void sameSeedGivesTheSameSamples() {
    List<List<Integer>> first = new ArrayList<>();
    List<List<Integer>> second = new ArrayList<>();

    Trials.run(42, 20, sample -> first.add(sample.list(1, 5, s -> s.between(-3, 3))));
    Trials.run(42, 20, sample -> second.add(sample.list(1, 5, s -> s.between(-3, 3))));

    assertThat(first).isEqualTo(second).hasSize(20);
    assertThat(first).allSatisfy(list -> assertThat(list).hasSizeBetween(1, 5));
    assertThat(List.copyOf(new java.util.HashSet<>(first))).hasSizeGreaterThan(10);
  }

  @Test
  void failureNamesTheTrialThatCanBeRunAgain() {
    List<Integer> seen = new ArrayList<>();

    assertThatThrownBy(
            () ->
                Trials.run(
                    7,
                    1000,
                    sample -> {
                      int value = sample.below(100);
                      seen.add(value);
                      assertThat(value).isLessThan(50);
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("seed 7, trial " + (seen.size() - 1) + ": ");

    int failed = seen.get(seen.size() - 1);
    Trials.again(7, seen.size() - 1, sample -> assertThat(sample.below(100)).isEqualTo(failed));
  }
}
