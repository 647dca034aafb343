package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.HeaderFormat;
import org.junit.jupiter.api.Test;

/** What is accepted here is what the client carries out. */
final class HeaderCommandsTest {
  @Test
  void commandsAreThoseOfTheClient() {
    assertThat(HeaderCommands.CARRIED_OUT).isEqualTo(HeaderFormat.COMMANDS);
    assertThat(HeaderCommands.EMPTY).isEqualTo(HeaderFormat.WITHOUT_VALUE);
  }
}
