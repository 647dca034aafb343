package io.librarymesh.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a rule may have the control plane call: reliability reference 9.3, S13. */
class AddressGuardTest {
  private static final AddressGuard USUAL = new AddressGuard(false);
  private static final AddressGuard PRIVATE = new AddressGuard(true);

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "64:ff9b::808:808",
        "2002:808:808::1"
      })
  void publicOnesAreCalled(String literal) throws Exception {
    InetAddress address = address(literal);

    assertThatCode(() -> USUAL.check(address)).doesNotThrowAnyException();
    assertThatCode(() -> PRIVATE.check(address)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.255",
        // One number, as InetAddress reads it: 127.0.0.1.
        "2130706433",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "198.19.255.255",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fc00::1",
        "fd12:3456::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::1"
      })
  void privateOnesAreCalledWhereThatIsAllowed(String literal) throws Exception {
    InetAddress address = address(literal);

    assertThatThrownBy(() -> USUAL.check(address))
        .isInstanceOf(RefusedAddress.class)
        .hasMessageContaining("expected: a public address");
    assertThatCode(() -> PRIVATE.check(address)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "169.254.0.1",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::7f00:1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "64:ff9b:1::1",
        "100::1"
      })
  void linkLocalMetadataAndMulticastAreNeverCalled(String literal) throws Exception {
    InetAddress address = address(literal);

    assertThatThrownBy(() -> USUAL.check(address)).isInstanceOf(RefusedAddress.class);
    assertThatThrownBy(() -> PRIVATE.check(address)).isInstanceOf(RefusedAddress.class);
  }
}
