package io.librarymesh.testkit;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Chance with a script. For each kind of draw there may be values that are handed out in order, and
 * one that is handed out from then on. A script that has run out without such a value fails the
 * draw; a kind without any script is drawn from a generator with a fixed seed.
 *
 * <p>Any thread.
 */
public final class ScriptedDraws implements RandomSource {
  private final SplittableRandom unscripted;
  private final Map<Draw, ArrayDeque<Integer>> scripts = new EnumMap<>(Draw.class);
  private final Map<Draw, Integer> defaults = new EnumMap<>(Draw.class);
  private final List<Drawn> drawn = new ArrayList<>();

  private ScriptedDraws(long seed) {
    unscripted = new SplittableRandom(seed);
  }

  /** Without a script yet; {@code seed} decides the draws that never get one. */
  public static ScriptedDraws seeded(long seed) {
    return new ScriptedDraws(seed);
  }

  /** Appends values to the script of one kind of draw. */
  public synchronized ScriptedDraws then(Draw draw, int... values) {
    ArrayDeque<Integer> script = scripts.computeIfAbsent(draw, kind -> new ArrayDeque<>());
    for (int value : values) {
      script.add(value);
    }
    return this;
  }

  /** Hands out {@code value} whenever the script of this kind of draw is empty. */
  public synchronized ScriptedDraws always(Draw draw, int value) {
    defaults.put(draw, value);
    return this;
  }

  /**
   * The next value of the script.
   *
   * @throws AssertionError when the script has run out, or its value is not below {@code bound}
   */
  @Override
  public synchronized int nextInt(int bound, Draw draw) {
    if (bound < 1) {
      throw new AssertionError("bound of " + draw + ": " + bound + " (expected: >= 1)");
    }
    int value = next(bound, draw);
    if (value < 0 || value >= bound) {
      throw new AssertionError(
          "scripted " + draw + ": " + value + " (expected: 0.." + (bound - 1) + ")");
    }
    drawn.add(new Drawn(draw, bound, value));
    return value;
  }

  /** Every draw so far, in order. */
  public synchronized List<Drawn> drawn() {
    return List.copyOf(drawn);
  }

  /** Every draw of one kind so far, in order. */
  public synchronized List<Drawn> drawn(Draw draw) {
    return drawn.stream().filter(entry -> entry.draw() == draw).toList();
  }

  /** Fails when a scripted value was never drawn: what the script describes did not happen. */
  public synchronized void assertScriptsUsedUp() {
    List<String> left = new ArrayList<>();
    scripts.forEach(
        (draw, script) -> {
          if (!script.isEmpty()) {
            left.add(draw + " " + script);
          }
        });
    if (!left.isEmpty()) {
      throw new AssertionError("scripted draws left: " + left + " (expected: all drawn)");
    }
  }

  private int next(int bound, Draw draw) {
    ArrayDeque<Integer> script = scripts.get(draw);
    if (script != null && !script.isEmpty()) {
      return script.remove();
    }
    Integer fixed = defaults.get(draw);
    if (fixed != null) {
      return fixed;
    }
    if (script != null) {
      throw new AssertionError(
          "draw " + draw + " with bound " + bound + " (expected: no draw, its script is used up)");
    }
    return unscripted.nextInt(bound);
  }

  /**
   * One draw that happened.
   *
   * @param bound what the engine asked for
   * @param value what it got
   */
  public record Drawn(Draw draw, int bound, int value) {}
}
