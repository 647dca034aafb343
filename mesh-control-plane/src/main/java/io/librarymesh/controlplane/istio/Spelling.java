package io.librarymesh.controlplane.istio;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody probably meant. */
public final class Spelling {
  /** Longer words are not names, and comparing them would cost time for nothing. */
  private static final int LONGEST = 48;

  private Spelling() {}

  /** {@code ; did you mean 'x'?} for the nearest of the names, or nothing when none is near. */
  public static String hint(String written, Collection<String> names) {
    return nearest(written, names).map(name -> "; did you mean '" + name + "'?").orElse("");
  }

  /** The nearest name: at most a third of its letters differ; case does not count. */
  public static Optional<String> nearest(String written, Collection<String> names) {
    if (written.length() > LONGEST) {
      return Optional.empty();
    }
    String lower = plain(written);
    Optional<String> best = Optional.empty();
    int bestDistance = Integer.MAX_VALUE;
    for (String name : names) {
      int allowed = Math.max(1, Math.max(name.length(), written.length()) / 3);
      String other = plain(name);
      if (Math.abs(other.length() - lower.length()) > allowed) {
        continue;
      }
      int distance = distance(lower, other);
      if (distance <= allowed && distance < bestDistance) {
        best = Optional.of(name);
        bestDistance = distance;
      }
    }
    return best;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(cost[i - 1][j - 1] + replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
