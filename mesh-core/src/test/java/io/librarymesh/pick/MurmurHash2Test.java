package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MurmurHash2Test {
  /** The numbers of Envoy's own hash test. */
  @ParameterizedTest
  @CsvSource({
    "'', 6142509188972423790",
    "foo, 9631199822919835226",
    "bar, 11474628671133349555",
    "lyft, 12847078931730529320"
  })
  void hashesAreEnvoys(String text, String hash) {
    assertThat(MurmurHash2.hash(text)).isEqualTo(Long.parseUnsignedLong(hash));
  }

  /** Eight bytes and more go another way than what is left of them. */
  @ParameterizedTest
  @CsvSource({
    "abcdefgh, 'abcdefgi'",
    "abcdefghi, 'abcdefghj'",
    "abcdefghijklmnop, 'bbcdefghijklmnop'"
  })
  void everyByteCounts(String one, String other) {
    assertThat(MurmurHash2.hash(one)).isNotEqualTo(MurmurHash2.hash(other));
  }
}
