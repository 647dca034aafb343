package io.librarymesh.guard;

import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.StoredResponse;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last good answers of one rule, the one that was used longest ago first. Any thread; the lock
 * is held for a lookup, by calls of a rule that asks for this and by no other.
 */
final class LastGood {
  private static final String AGE = "age";

  /** By access. Guarded by {@code this}. */
  private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  private record Kept(StoredResponse response, long since) {}

  /** Keeps an answer in place of the one before. */
  synchronized void put(String key, StoredResponse response, long now, int maxEntries) {
    kept.put(key, new Kept(response, now));
    trim(maxEntries);
  }

  /** The answer, with its age; null when there is none that is young enough. */
  synchronized @Nullable StoredResponse get(String key, long now, LastGoodResponse config) {
    Kept found = kept.get(key);
    if (found == null) {
      return null;
    }
    long age = now - found.since();
    if (age > config.maxAgeNanos()) {
      kept.remove(key);
      return null;
    }
    return aged(found.response(), TimeUnit.NANOSECONDS.toSeconds(age));
  }

  /** Lets go of what an update leaves no room for. */
  synchronized void trim(int maxEntries) {
    Iterator<String> oldest = kept.keySet().iterator();
    for (int surplus = kept.size() - maxEntries; surplus > 0; surplus--) {
      oldest.next();
      oldest.remove();
    }
  }

  synchronized int size() {
    return kept.size();
  }

  /** Source: RFC 9111, 5.1: an answer that was kept says for how long, its earlier age included. */
  private static StoredResponse aged(StoredResponse response, long seconds) {
    Map<String, List<String>> headers = new HashMap<>(response.headers());
    long before = number(headers.getOrDefault(AGE, List.of()));
    headers.put(AGE, List.of(Long.toString(before + seconds)));
    return new StoredResponse(response.status(), headers, response.body());
  }

  private static long number(List<String> lines) {
    try {
      return lines.isEmpty() ? 0 : Math.max(0, Long.parseLong(lines.get(0).strip()));
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }
}
