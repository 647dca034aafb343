package io.librarymesh.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.keys.KeySource.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When keys are fetched, and for how long they count: security reference 3.6. */
class KeyCacheTest {
  private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
  private static final KeySource A = source("a");
  private static final KeySource B = source("b");

  private final ScriptedKeys keys = new ScriptedKeys();
  private final List<Set<KeySource>> changes = new ArrayList<>();
  private KeySets now = KeySets.NONE;

  private static KeySource source(String name) {
    return new KeySource(Kind.KEY_SET, "https://" + name);
  }

  @BeforeEach
  void follow() {
    keys.cache.follow(
        (sets, changed) -> {
          now = sets;
          changes.add(changed);
        });
  }

  private void want(KeySource... sources) {
    Map<KeySource, Duration> wanted = new LinkedHashMap<>();
    for (KeySource source : sources) {
      wanted.put(source, FIVE_SECONDS);
    }
    keys.cache.want(wanted);
  }

  private String put(String name) {
    String set = ScriptedKeys.newSet();
    keys.documents.put("https://" + name, set);
    return set;
  }

  private int fetches(Duration passed) {
    int before = keys.asked.size();
    keys.time.advance(passed);
    return keys.asked.size() - before;
  }

  @Test
  void keysAreToldWhenTheyAreThere() {
    String set = put("a");

    want(A);

    assertThat(now.set(A)).contains(set);
    assertThat(changes).containsExactly(Set.of(A));
    assertThat(keys.timeout).isEqualTo(FIVE_SECONDS);
    assertThat(keys.metrics.text())
        .contains("pilot_jwks_resolver_network_fetch_success_total 1\n")
        .contains("librarymesh_jwks_sources 1\n", "librarymesh_jwks_missing 0\n");
  }

  @Test
  void aTimeoutIsThirtySecondsAtMost() {
    keys.cache.want(Map.of(A, Duration.ofHours(1)));

    assertThat(keys.timeout).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void keysAreFetchedAnewEveryTwentyMinutesAndToldWhenTheyAreOthers() {
    put("a");
    want(A);

    assertThat(fetches(Duration.ofMinutes(20).minusNanos(1))).isZero();
    assertThat(fetches(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(changes).hasSize(1);

    String other = put("a");
    assertThat(fetches(Duration.ofMinutes(20))).isEqualTo(1);
    assertThat(now.set(A)).contains(other);
    assertThat(changes).containsExactly(Set.of(A), Set.of(A));
  }

  @Test
  void failureIsTriedSevenTimesMoreAndThenLessAndLessOften() {
    want(A);
    assertThat(keys.asked).hasSize(1);
    assertThat(fetches(Duration.ofSeconds(7))).isEqualTo(7);

    for (int minutes : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      assertThat(fetches(Duration.ofMinutes(minutes).minusNanos(1))).as("%s", minutes).isZero();
      assertThat(fetches(Duration.ofNanos(1))).as("%s", minutes).isEqualTo(1);
      assertThat(fetches(Duration.ofSeconds(7))).as("%s", minutes).isEqualTo(7);
    }
    assertThat(now.sets()).isEmpty();
    assertThat(now.problems()).containsEntry(A, "https://a: HTTP 503 (expected: 200)");
    assertThat(changes).as("said once").containsExactly(Set.of());
    assertThat(keys.metrics.text())
        .contains("pilot_jwks_resolver_network_fetch_fail_total 72\n")
        .contains("librarymesh_jwks_missing 1\n");
  }

  @Test
  void aRefusedAddressIsNotTriedAgainAtOnce() {
    keys.refused = true;
    want(A);

    assertThat(fetches(Duration.ofMinutes(1).minusNanos(1))).isZero();
    assertThat(fetches(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(fetches(Duration.ofMinutes(2))).isEqualTo(1);
  }

  @Test
  void keysStayWhileNewerOnesCannotBeHadButNotForEver() {
    String set = put("a");
    want(A);
    keys.documents.clear();

    keys.time.advance(Duration.ofDays(6));
    assertThat(now.set(A)).contains(set);
    assertThat(now.problems()).containsKey(A);

    keys.time.advance(Duration.ofDays(1).plusHours(2));
    assertThat(now.sets()).isEmpty();
    assertThat(changes).containsExactly(Set.of(A), Set.of(), Set.of(A));

    String other = put("a");
    keys.time.advance(Duration.ofHours(2));
    assertThat(now.set(A)).contains(other);
    assertThat(now.problems()).isEmpty();
  }

  @Test
  void afterASuccessTheBackOffBeginsAnew() {
    want(A);
    keys.time.advance(Duration.ofMinutes(10));
    put("a");
    keys.time.advance(Duration.ofMinutes(10));
    assertThat(now.problems()).isEmpty();
    keys.documents.clear();
    while (now.problems().isEmpty()) {
      keys.time.advance(Duration.ofSeconds(1));
    }

    assertThat(fetches(Duration.ofSeconds(7))).isBetween(6, 7);
    keys.time.advance(Duration.ofMinutes(1));
    assertThat(keys.time.nextDueNanos().orElseThrow()).isLessThanOrEqualTo(1_000_000_000L);
  }

  @Test
  void whatNobodyAsksForIsForgotten() {
    put("a");
    put("b");
    want(A, B);

    want(B);

    assertThat(now.sets()).containsOnlyKeys(B);
    assertThat(fetches(Duration.ofMinutes(20))).isEqualTo(1);
    assertThat(keys.asked).endsWith("https://b");
  }

  @Test
  void anAnswerForWhatWasForgottenIsNobodys() {
    put("a");
    keys.hold();
    want(A);
    want();
    keys.answer();

    assertThat(now.sets()).isEmpty();
    keys.time.assertNoMoreTasks();
  }

  @Test
  void whatIsKnownIsNotFetchedAnewForAnotherRule() {
    put("a");
    put("b");
    want(A);

    want(A, B);

    assertThat(keys.asked).containsExactly("https://a", "https://b");
  }

  @Test
  void placesBeyondTheLimitAreSaidAndNotFetched() {
    KeySource[] many = new KeySource[201];
    for (int i = 0; i < many.length; i++) {
      many[i] = source("i" + i);
      put("i" + i);
    }

    want(many);
    assertThat(now.sets()).hasSize(200).doesNotContainKey(many[200]);
    assertThat(now.problems()).containsOnlyKeys(many[200]);
    assertThat(now.problems().get(many[200])).contains("at most 200");

    want(many[200]);
    assertThat(now.sets()).containsOnlyKeys(many[200]);
    assertThat(now.problems()).isEmpty();
  }

  @Test
  void settledWhenEachWasTriedOnce() {
    put("a");
    keys.hold();
    want(A, B);
    CompletableFuture<Boolean> settled = keys.cache.settled();
    assertThat(settled).isNotDone();

    keys.answer();

    assertThat(settled).isCompletedWithValue(true);
    assertThat(now.problems()).containsOnlyKeys(B);
  }

  @Test
  void nothingIsFetchedAfterTheEnd() {
    put("a");
    keys.hold();
    want(A);
    CompletableFuture<Boolean> settled = keys.cache.settled();

    keys.cache.close();
    keys.answer();
    want(B);

    assertThat(settled).isCompletedWithValue(false);
    assertThat(changes).isEmpty();
    assertThat(keys.waiting).isEmpty();
    keys.time.assertNoMoreTasks();
  }
}
