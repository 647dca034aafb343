package io.librarymesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.255.0.9",
        "0.0.0.0",
        "::",
        "::1",
        "fe80::1",
        "2001:db8::8a2e:370:7334",
        "1:2:3:4:5:6:7:8",
        "::ffff:10.0.0.1",
        "1::",
        "1:2:3:4:5:6:1.2.3.4"
      })
  void addresses(String text) {
    assertThat(IpAddress.isLiteral(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "localhost", "greeter", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.a", "1.2.3.-4",
        "1..2.3", "127.0.0.1:80", "[::1]", ":::", "1::2::3", "12345::", "g::1", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "fe80::1%eth0", "1.2.3.4::", "::1.2.3"
      })
  void noAddresses(String text) {
    assertThat(IpAddress.isLiteral(text)).isFalse();
  }
}
