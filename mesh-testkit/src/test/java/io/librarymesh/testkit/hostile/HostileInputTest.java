package io.librarymesh.testkit.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.TrustDomain;
import io.librarymesh.testkit.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fuzz targets over what is kept under {@code fuzz}, over changes of it, and over all that is
 * short.
 */
final class HostileInputTest {
  private static final String NAMES = "aZ9.-_/%:@?#\\ \u0000\u00e9\u212a\u017f";

  private static void run(String folder, int changes, Consumer<byte[]> target) {
    List<byte[]> corpus = Mutations.corpus(HostileInputTest.class, "fuzz/" + folder);
    corpus.forEach(target);
    Mutations mutations = Mutations.of(corpus, 27);
    for (int i = 0; i < changes; i++) {
      target.accept(mutations.next());
    }
  }

  @Test
  void namesOfWorkloads() {
    run("spiffe-ids", 50_000, SpiffeIdFuzz::fuzzerTestOneInput);
  }

  @Test
  void everyShortNameOfAWorkload() {
    for (String start : List.of("", "spiffe://", "spiffe://a", "sPiffe://a/")) {
      everyWord(4, word -> SpiffeIdFuzz.check(start + word));
    }
  }

  @Test
  void everyShortNameOfATrustDomain() {
    everyWord(
        3,
        name -> {
          boolean good = !name.isEmpty() && name.chars().allMatch(c -> "a9.-_".indexOf(c) >= 0);
          assertThat(isTrustDomain(name)).as(name).isEqualTo(good);
        });
    assertThat(isTrustDomain("d".repeat(255))).isTrue();
    assertThat(isTrustDomain("d".repeat(256))).isFalse();
  }

  private static boolean isTrustDomain(String name) {
    try {
      return new TrustDomain(name).toString().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void everyWord(int longest, Consumer<String> target) {
    target.accept("");
    if (longest > 0) {
      for (int i = 0; i < NAMES.length(); i++) {
        char first = NAMES.charAt(i);
        everyWord(longest - 1, rest -> target.accept(first + rest));
      }
    }
  }

  @Test
  void paths() {
    run("paths", 100_000, PathFuzz::fuzzerTestOneInput);
  }

  @Test
  void tokens() {
    run("tokens", 30_000, TokenFuzz::fuzzerTestOneInput);
  }

  /** A target that refuses everything proves nothing. */
  @ParameterizedTest
  @CsvSource({
    "good, true",
    "list, true",
    "none, false",
    "crit, false",
    "other-key, false",
    "twice, false",
    "expired, true",
    "just-expired, false",
    "early, true",
    "too-early, false",
    "huge, false",
    "wide, true",
    "nested, true",
    "deep, false",
    "escapes, true",
    "half, false",
    "zero, true",
    "spaces, true"
  })
  void tokensThatWereSigned(String name, boolean accepted) throws Exception {
    byte[] input;
    try (var file = HostileInputTest.class.getResourceAsStream("/fuzz/tokens/" + name)) {
      input = java.util.Objects.requireNonNull(file).readAllBytes();
    }
    String[] parts = new String(input, StandardCharsets.UTF_8).split("\n", 2);
    String token =
        TokenFuzz.signed(
            parts[0].getBytes(StandardCharsets.UTF_8), parts[1].getBytes(StandardCharsets.UTF_8));
    assertThat(TokenFuzz.judge(token).isAllowed()).isEqualTo(accepted);
  }

  @Test
  void keySets() {
    run("key-sets", 20_000, KeySetFuzz::fuzzerTestOneInput);
  }

  @Test
  void certificates() {
    run("certificates", 10_000, CertificateFuzz::fuzzerTestOneInput);
  }
}
