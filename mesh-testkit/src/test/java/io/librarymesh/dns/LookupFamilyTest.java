package io.librarymesh.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.DnsDiscovery.Family;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookupFamilyTest {
  private static final List<String> BOTH = List.of("192.0.2.1", "2001:db8::1", "192.0.2.1");
  private static final List<String> ONLY_V4 = List.of("192.0.2.1");
  private static final List<String> ONLY_V6 = List.of("2001:db8::1");

  @ParameterizedTest
  @CsvSource({
    "AUTO,         2001:db8::1,           192.0.2.1, 2001:db8::1",
    "V4_ONLY,      192.0.2.1,             192.0.2.1, ''",
    "V6_ONLY,      2001:db8::1,           '',        2001:db8::1",
    "V4_PREFERRED, 192.0.2.1,             192.0.2.1, 2001:db8::1",
    "ALL,          192.0.2.1 2001:db8::1, 192.0.2.1, 2001:db8::1"
  })
  void familySaysWhichAddressesAreUsed(Family family, String both, String v4, String v6) {
    assertThat(String.join(" ", LookupFamily.of(family, BOTH))).isEqualTo(both);
    assertThat(String.join(" ", LookupFamily.of(family, ONLY_V4))).isEqualTo(v4);
    assertThat(String.join(" ", LookupFamily.of(family, ONLY_V6))).isEqualTo(v6);
  }
}
