package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XxHash64Test {
  @ParameterizedTest
  @CsvSource({
    "'', ef46db3751d8e999",
    "a, d24ec4f1a98c6e5b",
    "alice, 73a3ea485f2e6049",
    "bob, 92878a3b42bad03b",
    "carol, c1ceb4e654b4cc38",
    "dave, 2857ed8653e4fb22",
    "10.0.0.1:80_0, 75041381e7371a08",
    "abcdefghijklmnopqrstuvwxyz12345, 467605901b01d6f6",
    "Nobody inspects the spammish repetition, fbcea83c8a378bf1",
    "The quick brown fox jumps over the lazy dog, 0b242d361fda71bc"
  })
  void w100HashesAreThoseOfTheTables(String text, String hash) {
    assertThat(hex(XxHash64.hash(text))).isEqualTo(hash);
  }

  @ParameterizedTest
  @CsvSource({"'', 668718853, 04e830582a31a119", "a, 191961062, 6e05ba2887c97977"})
  void seedChangesTheHash(String text, long seed, String hash) {
    assertThat(hex(XxHash64.hash(text, seed))).isEqualTo(hash);
  }

  @Test
  void otherTextIsHashedAsUtf8() {
    // One character above ASCII is two bytes in UTF-8: the same bytes, spelled one by one.
    assertThat(XxHash64.hash("\u00e9"))
        .isNotEqualTo(XxHash64.hash("e"))
        .isNotEqualTo(XxHash64.hash("\u00c3\u00a9"));
    assertThat(hex(XxHash64.hash("\u0000"))).isEqualTo("e934a84adb052768");
  }

  @Test
  void asciiIsHashedWithoutGarbage() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    String text = "a-session-id-of-some-length-0123456789-0123456789";
    long sum = 0;
    for (int i = 0; i < 20_000; i++) {
      sum += XxHash64.hash(text);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      sum += XxHash64.hash(text);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(sum).isNotZero();
    assertThat(allocated).isLessThan(1_000);
  }

  private static String hex(long hash) {
    return String.format("%016x", hash);
  }
}
