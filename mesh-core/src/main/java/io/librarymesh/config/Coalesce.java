package io.librarymesh.config;

import java.util.List;
import java.util.Locale;

/**
 * Lets equal safe requests that are under way at one time share one answer: the first is sent, the
 * others wait for what it gets.
 *
 * @param headers which have to be equal besides those that always have to
 * @param maxBytes the largest body that is shared; 0 when nothing is
 * @param maxWaitNanos how long a request waits for another's answer before it goes by itself
 */
public record Coalesce(List<String> headers, int maxBytes, long maxWaitNanos) {
  /** Every request goes by itself. */
  public static final Coalesce NONE = new Coalesce(List.of(), 0, 0);

  public Coalesce {
    headers = headers.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    Ranges.requireNotNegative("maxBytes", maxBytes);
    Ranges.requireNotNegative("maxWaitNanos", maxWaitNanos);
  }

  /** Whether every request goes by itself. */
  public boolean isNone() {
    return maxBytes == 0;
  }
}
