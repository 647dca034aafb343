package io.librarymesh.config;

import java.util.List;
import java.util.Locale;

/**
 * Keeps the last good answer to safe requests, to be given again when a failure would be the
 * answer.
 *
 * @param headers which have to be equal besides those that always have to
 * @param maxAgeNanos how old an answer may be
 * @param maxEntries how many are kept; of more the one that was used longest ago goes; 0 when none
 *     is
 * @param maxBytes the largest body that is kept
 */
public record LastGoodResponse(
    List<String> headers, long maxAgeNanos, int maxEntries, int maxBytes) {
  /** Keeps nothing. */
  public static final LastGoodResponse NONE = new LastGoodResponse(List.of(), 0, 0, 0);

  public LastGoodResponse {
    headers = headers.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    Ranges.requireNotNegative("maxAgeNanos", maxAgeNanos);
    Ranges.requireNotNegative("maxEntries", maxEntries);
    Ranges.requireNotNegative("maxBytes", maxBytes);
  }

  /** Whether nothing is kept. */
  public boolean isNone() {
    return maxEntries == 0;
  }
}
