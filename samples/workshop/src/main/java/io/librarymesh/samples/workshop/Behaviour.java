package io.librarymesh.samples.workshop;

import java.util.HashMap;
import java.util.Map;

/**
 * How a greeter misbehaves, so that the mesh has something to cope with.
 *
 * @param failPercent the share of requests that fail, 0..100
 * @param failStatus the status of those
 * @param delayMillis before each answer
 */
record Behaviour(int failPercent, int failStatus, int delayMillis) {
  static final Behaviour GOOD = new Behaviour(0, 503, 0);

  /**
   * Reads a query such as {@code fail=100&status=503&delay=50}; what is not named is as in {@link
   * #GOOD}.
   *
   * @throws IllegalArgumentException when a value is not a whole number
   */
  static Behaviour parse(String query) {
    Map<String, Integer> values = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      if (parts.length == 2) {
        values.put(parts[0], Integer.parseInt(parts[1]));
      }
    }
    return new Behaviour(
        values.getOrDefault("fail", GOOD.failPercent),
        values.getOrDefault("status", GOOD.failStatus),
        values.getOrDefault("delay", GOOD.delayMillis));
  }
}
