package io.librarymesh.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Body;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.StoredResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which answers are kept, for how long, and what they say of their age. */
final class LastGoodTest {
  private static final long SECOND = 1_000_000_000L;
  private static final LastGoodResponse CONFIG =
      new LastGoodResponse(List.of(), 60 * SECOND, 3, 100);

  private final LastGood kept = new LastGood();

  private static StoredResponse response(String body, Map<String, List<String>> headers) {
    return new StoredResponse(200, headers, Body.ofText(body));
  }

  private void put(String key, long now) {
    kept.put(key, response(key, Map.of()), now, CONFIG.maxEntries());
  }

  private static List<String> age(LastGood kept, long now) {
    return requireNonNull(kept.get("a", now, CONFIG)).headers().getOrDefault("age", List.of());
  }

  @Test
  void answerTellsItsAgeInWholeSeconds() {
    put("a", 5 * SECOND);

    assertThat(age(kept, 5 * SECOND)).containsExactly("0");
    assertThat(age(kept, 7 * SECOND - 1)).containsExactly("1");
    assertThat(age(kept, 65 * SECOND)).containsExactly("60");
  }

  @Test
  void ageThatTheUpstreamToldIsAdded() {
    kept.put("a", response("", Map.of("age", List.of("30"))), 0, 3);
    assertThat(age(kept, 2 * SECOND)).containsExactly("32");

    kept.put("a", response("", Map.of("age", List.of("old"))), 0, 3);
    assertThat(age(kept, 2 * SECOND)).containsExactly("2");
  }

  @Test
  void answerThatIsTooOldIsGone() {
    put("a", 0);

    assertThat(kept.get("a", 60 * SECOND + 1, CONFIG)).isNull();
    assertThat(kept.size()).isZero();
  }

  @Test
  void clockMayStartAnywhere() {
    put("a", Long.MAX_VALUE - SECOND);
    assertThat(age(kept, Long.MIN_VALUE + SECOND - 1)).containsExactly("2");
  }

  @Test
  void agreesWithAListThatIsSortedByUse() {
    Random random = new Random(7);
    Map<String, String> naive = new LinkedHashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String key = "k" + random.nextInt(6);
      if (random.nextBoolean()) {
        put(key, 0);
        naive.remove(key);
        naive.put(key, key);
        if (naive.size() > 3) {
          naive.remove(naive.keySet().iterator().next());
        }
      } else {
        StoredResponse found = kept.get(key, 0, CONFIG);
        assertThat(found == null ? null : found.body().text()).isEqualTo(naive.get(key));
        if (found != null) {
          naive.remove(key);
          naive.put(key, key);
        }
      }
      assertThat(kept.size()).isEqualTo(naive.size());
    }
  }
}
