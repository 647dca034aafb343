package io.librarymesh.pick;

import java.util.PriorityQueue;

/**
 * One round of earliest-deadline-first scheduling, written out: host {@code i} stands in it as
 * often as its weight says, its k-th turn due at {@code k / weight}. Hosts that are due together
 * take turns in the order in which they were last queued: the lighter first, then as listed.
 * Source: Envoy {@code EdfScheduler}; a heap would need a lock for each pick.
 */
final class EdfSchedule {
  /** A round may always be this long; a longer one is allowed for many hosts. */
  private static final int MAX_LENGTH = 4096;

  private static final int MAX_TURNS_PER_HOST = 16;

  private EdfSchedule() {}

  /**
   * Indexes into {@code weights} in the order of turns.
   *
   * <p>The shares are exact when the weights, divided by their greatest common divisor, add up to
   * no more than 4096 or 16 for each host; beyond that they are rounded to that grain, and no host
   * loses its only turn.
   */
  static int[] of(long[] weights) {
    int[] turns = reduced(weights);
    PriorityQueue<Turn> due = new PriorityQueue<>(turns.length);
    int length = 0;
    for (int i = 0; i < turns.length; i++) {
      due.add(new Turn(i, 1, turns[i]));
      length += turns[i];
    }
    int[] schedule = new int[length];
    for (int i = 0; i < length; i++) {
      Turn next = due.remove();
      schedule[i] = next.host;
      due.add(new Turn(next.host, next.number + 1, next.weight));
    }
    return schedule;
  }

  /** Weights in their smallest whole numbers, or as near as the allowed length comes. */
  private static int[] reduced(long[] weights) {
    long divisor = 0;
    long sum = 0;
    for (long weight : weights) {
      divisor = gcd(weight, divisor);
      sum += weight;
    }
    long limit = Math.max(MAX_LENGTH, (long) MAX_TURNS_PER_HOST * weights.length);
    int[] turns = new int[weights.length];
    for (int i = 0; i < turns.length; i++) {
      turns[i] =
          sum / divisor <= limit
              ? (int) (weights[i] / divisor)
              : (int) Math.max(1, Math.round((double) weights[i] * limit / sum));
    }
    return turns;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** The number-th turn of a host, due at {@code number / weight}. */
  private record Turn(int host, int number, int weight) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      int byDeadline = Long.compare((long) number * other.weight, (long) other.number * weight);
      if (byDeadline != 0) {
        return byDeadline;
      }
      int byWeight = Integer.compare(weight, other.weight);
      return byWeight != 0 ? byWeight : Integer.compare(host, other.host);
    }
  }
}
