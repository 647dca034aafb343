package io.librarymesh.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Values for one trial of a property test; the same seed gives the same values. One thread. */
public final class Sample {
  private final SplittableRandom random;

  Sample(SplittableRandom random) {
    this.random = random;
  }

  /** A uniform value in {@code [0, bound)}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** A uniform value in {@code [first, last]}. */
  public int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  /** True in {@code percent} of 100 cases. */
  public boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** One of the choices, all alike. */
  @SafeVarargs
  public final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** One of the choices, all alike; there must be one. */
  public <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** {@code first} to {@code last} elements, each made by {@code element}. */
  public <T> List<T> list(int first, int last, Function<Sample, T> element) {
    int size = between(first, last);
    List<T> made = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      made.add(element.apply(this));
    }
    return List.copyOf(made);
  }

  /** A text of {@code first} to {@code last} characters, each one of {@code alphabet}'s. */
  public String text(int first, int last, String alphabet) {
    int length = between(first, last);
    StringBuilder made = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      made.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return made.toString();
  }
}
