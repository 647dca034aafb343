package io.librarymesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeFormatTest {
  /** 2018-04-03T23:46:09.123Z, a Tuesday. */
  private static final long TIME = 1_522_799_169_123L;

  private static String format(String format) {
    StringBuilder text = new StringBuilder();
    TimeFormat.compile(format).append(text, TIME);
    return text.toString();
  }

  @Test
  void defaultIsIsoWithMilliseconds() { // the example of Envoy's documentation
    assertThat(format("")).isEqualTo("2018-04-03T23:46:09.123Z");
  }

  @Test
  void conversionsAreThoseOfStrftime() {
    assertThat(format("%Y/%m/%d %H:%M:%S %Z")).isEqualTo("2018/04/03 23:46:09 UTC");
    assertThat(format("%y %e %j %I %p")).isEqualTo("18  3 093 11 PM");
    assertThat(format("%a %A %b %h %B")).isEqualTo("Tue Tuesday Apr Apr April");
    assertThat(format("%F %T %D %R %z")).isEqualTo("2018-04-03 23:46:09 04/03/18 23:46 +0000");
    assertThat(format("100%%")).isEqualTo("100%");
  }

  @Test
  void partsOfASecondHaveTheirOwnConversions() {
    assertThat(format("%s")).isEqualTo("1522799169");
    assertThat(format("%s.%3f")).isEqualTo("1522799169.123");
    assertThat(format("%1f %6f %f")).isEqualTo("1 123000 123000000");
    assertThat(format("%E3S")).isEqualTo("09.123");
  }

  @Test
  void otherConversionsStayAsTheyAre() {
    assertThat(format("%Q %0f %3x %ES")).isEqualTo("%Q %0f %3x %ES");
    assertThat(format("%Y%")).isEqualTo("2018%");
  }
}
