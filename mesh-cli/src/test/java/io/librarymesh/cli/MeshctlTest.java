package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshctlTest {
  @Test
  void withoutACommandTheUsageIsShown() {
    Terminal terminal = Terminal.run();

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.out()).contains("serve", "validate", "call", "echo", "demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "validate", "call", "echo", "demo"})
  void everyCommandHasHelp(String command) {
    Terminal terminal = Terminal.run(command, "--help");

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out()).contains("Usage: meshctl " + command);
  }

  @Test
  void anUnknownOptionIsNamed() {
    Terminal terminal = Terminal.run("serve", "--config", ".", "--confg", "x");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("--confg");
  }

  @Test
  void aWrongAddressSaysWhatIsExpected() {
    Terminal terminal = Terminal.run("serve", "--config", ".", "--xds", "nowhere");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("--xds: 'nowhere' (expected: HOST:PORT");
  }

  @Test
  void anAddressThatOthersCanReachHasToBeAllowed() {
    Terminal terminal = Terminal.run("serve", "--config", ".", "--xds", "0.0.0.0:0");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("--open-to-network");
  }
}
