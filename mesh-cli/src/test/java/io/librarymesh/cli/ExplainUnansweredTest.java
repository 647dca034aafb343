package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.OutboundTrafficPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When nobody answers, {@code meshctl explain} says so, in words and in its exit code. */
class ExplainUnansweredTest {
  @TempDir Path directory;

  @BeforeEach
  void declare() throws IOException {
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", Echoes.WELL);
      echoes.add("v2", Echoes.WELL);
      echoes.declare(directory);
    }
  }

  private Terminal explain(String url, String... arguments) {
    List<String> all = new ArrayList<>(List.of("explain", url, "--config", directory.toString()));
    all.addAll(List.of(arguments));
    return Terminal.run(all.toArray(String[]::new));
  }

  @Test
  void aPortThatAServiceDoesNotHaveIsNamed() {
    Terminal terminal = explain("http://echo.test:81/");
    assertThat(terminal.out())
        .contains("unknown       no service echo.test with port 81 in namespace default; it has 80")
        .contains("goes to the address in the URL")
        .contains("echo.test has no address here: 503 UF");
    assertThat(terminal.exitCode()).isEqualTo(1);
  }

  @Test
  void aNameThatIsNearIsNamed() {
    Terminal terminal = explain("http://ehco.test/");
    assertThat(terminal.out())
        .contains("no service and no rule has the host ehco.test; did you mean echo.test?");
    assertThat(terminal.exitCode()).isEqualTo(1);
  }

  @Test
  void anUnknownNameThatHasAnAddressIsReached() {
    Terminal terminal = explain("http://127.0.0.1:81/");
    assertThat(terminal.out()).contains("no service and no rule has the host 127.0.0.1");
    assertThat(terminal.exitCode()).isZero();
  }

  @Test
  void callsToUnknownNamesSayWhatIsUnknown() {
    Terminal terminal =
        Terminal.run("call", "http://echo.test:81/", "--config", directory.toString());
    assertThat(terminal.out())
        .contains("; no service echo.test with port 81 in namespace default; it has 80]");
  }

  @Test
  void underRegistryOnlyTheAnswerIsTheReason() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory))
            .xds(anyPort)
            .http(anyPort)
            .outboundTrafficPolicy(OutboundTrafficPolicy.REGISTRY_ONLY)
            .build()) {
      controlPlane.start();
      String server = "127.0.0.1:" + controlPlane.port();
      Terminal explained = Terminal.run("explain", "http://echo.test:81/", "--server", server);
      assertThat(explained.out()).contains("answer      502 from the rule itself: no service");
      assertThat(explained.exitCode()).isEqualTo(1);
      Terminal called = Terminal.run("call", "http://echo.test:81/", "--server", server);
      assertThat(called.out())
          .contains(
              "the outbound traffic policy is REGISTRY_ONLY [no service echo.test with port 81 in"
                  + " namespace default; it has 80]");
    }
  }

  @Test
  void anAbortOfAllIsNoAnswer() throws IOException {
    abort(100);
    Terminal terminal = explain("http://echo.test/");
    assertThat(terminal.out()).contains("answer      of the abort; nothing below is asked");
    assertThat(terminal.exitCode()).isEqualTo(1);

    abort(99);
    assertThat(explain("http://echo.test/").exitCode()).isZero();
  }

  private void abort(int percent) throws IOException {
    Echoes.rules(
        directory,
        """
            - route: [{destination: {host: echo.test}}]
              fault: {abort: {percentage: {value: %d}, httpStatus: 503}}
        """
            .formatted(percent));
  }

  @Test
  void anAnswerOfARuleCountsUnlessItIsAnError() throws IOException {
    for (int status : new int[] {200, 404}) {
      Echoes.rules(directory, "    - directResponse: {status: %d}%n".formatted(status));
      assertThat(explain("http://echo.test/").exitCode()).isEqualTo(status == 200 ? 0 : 1);
    }
  }

  @Test
  void aFallbackAnswersInPlaceOfNobody() throws IOException {
    Echoes.rules(directory, "    - route: [{destination: {host: echo.test, subset: v3}}]\n");
    Path subsets = directory.resolve("subsets.yaml");
    Files.writeString(
        subsets, Files.readString(subsets) + "    - name: v3\n      labels: {version: v3}\n");
    Terminal alone = explain("http://echo.test/");
    assertThat(alone.out()).contains("no endpoints: 503 UH").doesNotContain("fallback");
    assertThat(alone.exitCode()).isEqualTo(1);
    assertThat(alone.err()).contains("With --config no workload registers");

    policy("response: {status: 200, body: {string: sorry}}");
    Terminal fixed = explain("http://echo.test/");
    assertThat(fixed.out())
        .contains("ResiliencePolicy default/p http[0] (policy.yaml:1)")
        .contains("in place of that the policy's fallback answers 200, FB");
    assertThat(fixed.exitCode()).isZero();

    policy("destination: {host: echo.test, subset: v1}");
    Terminal other = explain("http://echo.test/");
    assertThat(other.out())
        .contains("in place of that the policy's fallback asks echo.test:80 subset v1, FB");
    assertThat(other.exitCode()).isZero();
  }

  private void policy(String fallback) throws IOException {
    Files.writeString(
        directory.resolve("policy.yaml"),
        """
        apiVersion: librarymesh.io/v1
        kind: ResiliencePolicy
        metadata: {name: p}
        spec:
          hosts: [echo.test]
          http: [{fallback: {%s}}]
        """
            .formatted(fallback));
  }

  @Test
  void errorsInTheDirectoryEndItBeforeItJudgesByTheRest() throws IOException {
    Files.writeString(directory.resolve("broken.yaml"), "kind: [");
    for (String command : List.of("call", "explain")) {
      Terminal terminal =
          Terminal.run(command, "http://echo.test/", "--config", directory.toString());
      assertThat(terminal.exitCode()).isEqualTo(1);
      assertThat(terminal.err())
          .contains("broken.yaml:1")
          .contains("meshctl " + command + ": --config: 1 error (expected: none)");
      assertThat(terminal.out()).isEmpty();
    }
  }

  @Test
  void jsonSaysWhatIsUnknown() {
    assertThat(
            JsonParser.parseString(explain("http://echo.test:81/", "-o", "json").out())
                .getAsJsonObject()
                .get("unknown")
                .getAsString())
        .startsWith("no service echo.test with port 81");
  }
}
