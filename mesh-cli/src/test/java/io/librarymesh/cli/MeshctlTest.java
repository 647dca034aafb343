package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class MeshctlTest {
  private static final List<String> COMMANDS =
      List.of(
          "serve",
          "validate",
          "analyze",
          "convert",
          "identity",
          "call",
          "explain",
          "status",
          "dump",
          "echo",
          "demo",
          "completion");

  @Test
  void withoutACommandTheUsageIsShown() {
    Terminal terminal = Terminal.run();

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.out()).contains(COMMANDS.toArray(String[]::new));
  }

  @ParameterizedTest
  @FieldSource("COMMANDS")
  void everyCommandHasHelp(String command) {
    Terminal terminal = Terminal.run(command, "--help");

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out()).contains("Usage: meshctl " + command);
  }

  @Test
  void anUnknownOptionIsNamed() {
    Terminal terminal = Terminal.run("serve", "--config", ".", "--confg", "x");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("--confg").contains("Try 'meshctl serve --help'.");
    assertThat(terminal.err()).doesNotContain("Usage:");
  }

  @Test
  void anUnknownCommandIsAnsweredWithTheKnownOnes() {
    Terminal terminal = Terminal.run("srve");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("'srve' (expected a command: serve, validate, ");
  }

  @Test
  void aValueOfTheWrongKindSaysWhatIsExpected() {
    assertThat(Terminal.run("call", "http://a/", "-n", "abc").err())
        .contains("--requests: 'abc' (expected: a whole number)");
    assertThat(Terminal.run("call", "http://a/", "--label", "x").err())
        .contains("--label: 'x' (expected: KEY=VALUE)");
  }

  @Test
  void aWrongAddressSaysWhatIsExpected() {
    Terminal terminal = Terminal.run("serve", "--config", ".", "--xds", "nowhere");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("--xds: 'nowhere' (expected: HOST:PORT");
  }

  @Test
  void aPortBeyondTheLastOneSaysSo() {
    Terminal terminal = Terminal.run("call", "http://a/", "--server", "localhost:99999");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err())
        .contains("--server: 'localhost:99999' (expected: a port of at most 65535)");
  }

  @Test
  void aGroupIsOfAWorkloadThatRegisters() {
    Terminal echo = Terminal.run("echo", "--port", "0", "--group", "vms");

    assertThat(echo.exitCode()).isEqualTo(2);
    assertThat(echo.err())
        .contains("--group: vms (expected: a WorkloadGroup's name, together with --register)");
  }

  @Test
  void anAddressInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Terminal echo = Terminal.run("echo", "--port", port);
      assertThat(echo.exitCode()).isEqualTo(1);
      assertThat(echo.err()).contains("cannot listen on 127.0.0.1:" + port);
      String http = "127.0.0.1:" + port;
      Terminal serve =
          Terminal.run("serve", "--config", "src", "--xds", "127.0.0.1:0", "--http", http);
      assertThat(serve.exitCode()).isEqualTo(1);
      assertThat(serve.err()).contains("cannot listen on " + http);
      Terminal xds =
          Terminal.run("serve", "--config", "src", "--xds", http, "--http", "127.0.0.1:0");
      assertThat(xds.exitCode()).isEqualTo(1);
      assertThat(xds.err()).contains("cannot listen on " + http).contains("--xds and --http");
    }
  }

  @Test
  void anXdsAddressInUseSaysSo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String xds = "127.0.0.1:" + taken.getLocalPort();
      Terminal serve =
          Terminal.run("serve", "--config", "src", "--xds", xds, "--http", "127.0.0.1:0");
      assertThat(serve.exitCode()).isEqualTo(1);
      assertThat(serve.err()).contains(xds).containsIgnoringCase("already in use");
    }
  }

  @Test
  void anAddressThatOthersCanReachHasToBeAllowed() {
    Terminal terminal = Terminal.run("serve", "--config", ".", "--xds", "0.0.0.0:0");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err())
        .contains("--xds: '0.0.0.0' (expected: a loopback address, or --open-to-network");
  }
}
