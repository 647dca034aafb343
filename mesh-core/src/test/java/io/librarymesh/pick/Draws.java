package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Chance for tests: scripted by the name of a draw, or seeded. A draw without a script fails. */
public final class Draws implements RandomSource {
  private final Map<Draw, Deque<Integer>> scripts = new EnumMap<>(Draw.class);
  private final Map<Draw, Integer> constants = new EnumMap<>(Draw.class);
  private final Map<Draw, Integer> lastBounds = new EnumMap<>(Draw.class);
  private final Map<Draw, Integer> counts = new EnumMap<>(Draw.class);

  /** Nothing may be drawn. */
  public static Draws none() {
    return new Draws();
  }

  /** A reproducible generator that answers every draw. */
  public static RandomSource seeded(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return (bound, draw) -> random.nextInt(bound);
  }

  /** Answers the next draws of this name with these values, in order. */
  public Draws then(Draw draw, int... values) {
    Deque<Integer> script = scripts.computeIfAbsent(draw, d -> new ArrayDeque<>());
    for (int value : values) {
      script.add(value);
    }
    return this;
  }

  /** Answers every draw of this name with this value. */
  public Draws always(Draw draw, int value) {
    constants.put(draw, value);
    return this;
  }

  /** The bound of the latest draw of this name; 0 when there was none. */
  public int lastBound(Draw draw) {
    return lastBounds.getOrDefault(draw, 0);
  }

  /** How often this name was drawn. */
  public int count(Draw draw) {
    return counts.getOrDefault(draw, 0);
  }

  @Override
  public int nextInt(int bound, Draw draw) {
    lastBounds.put(draw, bound);
    counts.merge(draw, 1, Integer::sum);
    Deque<Integer> script = scripts.get(draw);
    Integer value = script == null ? null : script.poll();
    if (value == null) {
      value = constants.get(draw);
    }
    if (value == null) {
      throw new AssertionError("unexpected draw of " + draw + " below " + bound);
    }
    if (value < 0 || value >= bound) {
      throw new AssertionError(
          "scripted " + draw + ": " + value + " (expected: below " + bound + ")");
    }
    return value;
  }
}
