package io.librarymesh.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.testkit.conformance.HostBinding.Address;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostBindingTest {
  private static final HostBinding BINDING =
      HostBinding.of(Map.of("a", new Address("10.0.0.1", 81), "b", new Address("10.0.0.2", 82)));

  @Test
  void rulesGetTheAddressesOfHostsThatTheyName() {
    Given.IstioWorld bound =
        BINDING.bind(world("{address: '${a}', ports: {http: ${b:port}}, price: $1, x: '{b}'}"));

    assertThat(bound.rules())
        .isEqualTo("{address: '10.0.0.1', ports: {http: 82}, price: $1, x: '{b}'}");
    assertThat(bound.endpoints().get("s"))
        .flatExtracting(LocalityEndpoints::endpoints)
        .extracting(Endpoint::hostPort)
        .containsExactly("10.0.0.2:82");
  }

  @Test
  void hostThatNobodyBoundIsAnError() {
    assertThatThrownBy(() -> BINDING.bind(world("${c}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("host: c (not bound)");
  }

  private static Given.IstioWorld world(String rules) {
    return new Given.IstioWorld(
        "",
        rules,
        Map.of(
            "s", List.of(new LocalityEndpoints(Locality.NONE, 0, List.of(Endpoint.of("b", 80))))),
        new Given.Client("prod", Map.of(), Locality.NONE),
        Given.MeshSettings.DEFAULT,
        List.of());
  }
}
