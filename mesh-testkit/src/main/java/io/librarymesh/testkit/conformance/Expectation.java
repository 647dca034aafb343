package io.librarymesh.testkit.conformance;

import io.librarymesh.testkit.ScriptedDraws.Drawn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the calls of one step must come to.
 *
 * @param each holds of every call
 * @param all holds of all calls of the step together
 */
public record Expectation(List<Check> each, List<Check> all) {
  public Expectation {
    each = List.copyOf(each);
    all = List.copyOf(all);
  }

  /**
   * What was seen and is not as expected; empty when all is well.
   *
   * @param exactTime whether the driver's times mean anything
   */
  public List<String> mismatches(List<Observed> calls, boolean exactTime) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      String which = calls.size() == 1 ? "" : "call " + (i + 1) + " of " + calls.size() + ": ";
      collect(each, List.of(calls.get(i)), exactTime, which, found);
    }
    collect(all, calls, exactTime, "", found);
    return found;
  }

  private static void collect(
      List<Check> checks, List<Observed> calls, boolean exactTime, String which, List<String> to) {
    for (Check check : checks) {
      if (!check.needsExactTime() || exactTime) {
        check
            .rule()
            .violation(calls)
            .ifPresent(text -> to.add(which + check.field() + ": " + text));
      }
    }
  }

  /**
   * A call that was made.
   *
   * @param draws what was drawn meanwhile
   */
  public record Observed(CallOutcome outcome, List<Drawn> draws) {
    public Observed {
      draws = List.copyOf(draws);
    }
  }

  /**
   * One thing that must hold.
   *
   * @param field its name in the case
   */
  public record Check(String field, boolean needsExactTime, Rule rule) {}

  /** Compares; says {@code seen (expected: wanted)} when it does not hold. */
  @FunctionalInterface
  public interface Rule {
    /** Empty when the rule holds. */
    Optional<String> violation(List<Observed> calls);
  }
}
