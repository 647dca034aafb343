package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.librarymesh.testkit.BinomialBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallCommandTest {
  @TempDir Path directory;

  @Test
  void tenThousandCallsAt98To2FallWithinTheExactBoundsOfChance() throws IOException {
    try (Echoes echoes = new Echoes()) {
      EchoServer v1 = echoes.add("v1", Echoes.WELL);
      EchoServer v2 = echoes.add("v2", Echoes.WELL);
      echoes.declare(directory);
      Echoes.rules(directory, Echoes.split(98, 2));

      JsonObject summary = call("http://echo.test/", "-n", "10000", "-c", "8");

      assertThat(summary.get("requests").getAsInt()).isEqualTo(10_000);
      assertThat(summary.getAsJsonObject("statuses").get("200").getAsInt()).isEqualTo(10_000);
      int rare = (int) v2.received();
      assertThat(v1.received() + v2.received()).isEqualTo(10_000);
      BinomialBounds bounds = BinomialBounds.of(10_000, 0.02, 1e-9);
      assertThat(rare).isBetween(bounds.low(), bounds.high());
    }
  }

  @Test
  void theSummaryHasTheKeysThatItPromises() throws IOException {
    try (Echoes echoes = new Echoes()) {
      EchoServer server = echoes.add("v1", Echoes.WELL);
      echoes.declare(directory);

      JsonObject summary =
          call("http://echo.test/a?b=1", "-X", "PUT", "-d", "hello", "-H", "x-user: alpha");

      assertThat(summary.keySet())
          .containsExactly(
              "requests",
              "attempts",
              "statuses",
              "flags",
              "errors",
              "endpoints",
              "latency_ms",
              "latency_includes_start_up",
              "start_up_ms",
              "last");
      assertThat(summary.getAsJsonObject("latency_ms").keySet())
          .containsExactly("p50", "p90", "p99", "max");
      JsonObject endpoint = summary.getAsJsonArray("endpoints").get(0).getAsJsonObject();
      assertThat(endpoint.get("address").getAsString())
          .isEqualTo("127.0.0.1:" + server.address().getPort());
      assertThat(endpoint.getAsJsonObject("labels").get("version").getAsString()).isEqualTo("v1");
      assertThat(endpoint.get("ok").getAsInt()).isEqualTo(1);
      JsonObject last = summary.getAsJsonObject("last");
      assertThat(last.get("status").getAsInt()).isEqualTo(200);
      assertThat(last.get("flag").getAsString()).isEmpty();
      JsonObject echo = JsonParser.parseString(last.get("body").getAsString()).getAsJsonObject();
      assertThat(echo.get("method").getAsString()).isEqualTo("PUT");
      assertThat(echo.get("path").getAsString()).isEqualTo("/a?b=1");
      assertThat(echo.get("body").getAsString()).isEqualTo("hello");
      JsonObject headers = echo.getAsJsonObject("headers");
      assertThat(headers.get("x-user").getAsString()).isEqualTo("alpha");
      assertThat(headers.get("host").getAsString()).isEqualTo("echo.test");
    }
  }

  @Test
  void timesLeaveOutTheFirstCallsWhereThereAreOthers() throws IOException {
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", Echoes.WELL);
      echoes.declare(directory);
      String[] once = {"call", "http://echo.test/", "--config", directory.toString()};
      assertThat(Terminal.run(once).out()).containsPattern("max .* ms; with start-up");
      assertThat(call("http://echo.test/").get("latency_includes_start_up").getAsBoolean())
          .isTrue();
      assertThat(call("http://echo.test/", "-n", "2").get("latency_includes_start_up"))
          .extracting(JsonElement::getAsBoolean)
          .isEqualTo(false);
      String[] more = {"call", "http://echo.test/", "--config", directory.toString(), "-n", "2"};
      assertThat(Terminal.run(more).out())
          .containsPattern("; left out: the first call, with start-up, [0-9.]+ ms");
    }
  }

  @Test
  void whatIsNoMethodOrHeaderIsNamedWithItsOption() {
    String[] call = {"call", "http://echo.test/", "--config", directory.toString()};
    Terminal method = Terminal.run(call[0], call[1], call[2], call[3], "-X", "G T");
    assertThat(method.exitCode()).isEqualTo(2);
    assertThat(method.err()).contains("-X: 'G T' (expected: a method, such as GET)");
    Terminal header = Terminal.run(call[0], call[1], call[2], call[3], "-H", "bad header: x");
    assertThat(header.exitCode()).isEqualTo(2);
    assertThat(header.err()).contains("-H: 'bad header: x' (expected: 'NAME: VALUE'");
  }

  @Test
  void theTableShowsTheFirstOfEachKindOfFailure() throws IOException {
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", Echoes.WELL);
      echoes.declare(directory);
      Echoes.rules(directory, Echoes.split(0, 100));
      Terminal table =
          Terminal.run("call", "http://echo.test/", "--config", directory.toString(), "-n", "3");
      assertThat(table.out())
          .contains("the first of each kind of failure")
          .containsPattern("503 UH +no healthy upstream .*echo.test:80 subset v2");
    }
  }

  @Test
  void retriesAreCountedAsAttempts() throws IOException {
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", new EchoServer.Behaviour(200, 503, 2, 0, Duration.ZERO));
      echoes.declare(directory);
      Echoes.rules(
          directory,
          """
              - route:
                  - destination: {host: echo.test}
                retries: {attempts: 3, retryOn: 5xx, backoff: 1ms}
          """);

      JsonObject summary = call("http://echo.test/");

      assertThat(summary.get("attempts").getAsInt()).isEqualTo(3);
      assertThat(summary.getAsJsonObject("statuses").get("200").getAsInt()).isEqualTo(1);
      JsonObject endpoint = summary.getAsJsonArray("endpoints").get(0).getAsJsonObject();
      assertThat(endpoint.get("failed").getAsInt()).isEqualTo(2);
    }
  }

  @Test
  void noEndpointIsA503ThatNamesTheServiceAndTheSubset() throws IOException {
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", Echoes.WELL);
      echoes.declare(directory);
      Echoes.rules(
          directory,
          """
              - route:
                  - destination: {host: echo.test, subset: v2}
          """);

      JsonObject last = call("http://echo.test/").getAsJsonObject("last");

      assertThat(last.get("status").getAsInt()).isEqualTo(503);
      assertThat(last.get("flag").getAsString()).isEqualTo("UH");
      assertThat(last.get("body").getAsString())
          .startsWith("no healthy upstream")
          .contains("echo.test:80 subset v2");
    }
  }

  @Test
  void anInjectedAbortIsFlagged() throws IOException {
    try (Echoes echoes = new Echoes()) {
      EchoServer server = echoes.add("v1", Echoes.WELL);
      echoes.declare(directory);
      Echoes.rules(
          directory,
          """
              - fault:
                  abort: {percentage: {value: 100}, httpStatus: 418}
                route:
                  - destination: {host: echo.test}
          """);

      JsonObject summary = call("http://echo.test/", "-n", "5");

      assertThat(summary.getAsJsonObject("statuses").get("418").getAsInt()).isEqualTo(5);
      assertThat(summary.getAsJsonObject("flags").get("FI").getAsInt()).isEqualTo(5);
      assertThat(server.received()).isZero();
    }
  }

  @Test
  void withoutASourceTheUsageIsShown() {
    Terminal terminal = Terminal.run("call", "http://echo.test/");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("--config").contains("--server");
  }

  @Test
  void failedCallsFailTheCommandWhenAsked() throws IOException {
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", new EchoServer.Behaviour(500, 500, 0, 0, Duration.ZERO));
      echoes.declare(directory);
      String[] call = {"call", "http://echo.test/", "--config", directory.toString()};

      assertThat(Terminal.run(call).exitCode()).isZero();
      assertThat(Terminal.run(call[0], call[1], call[2], call[3], "--fail").exitCode())
          .isEqualTo(1);
    }
  }

  @Test
  void aUrlThatIsNoneIsSaidToBeNone() {
    Terminal terminal = Terminal.run("call", "echo.test", "--config", directory.toString());

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("URL: 'echo.test' (expected: http://HOST");
  }

  private JsonObject call(String url, String... more) {
    String[] args = new String[more.length + 6];
    System.arraycopy(
        new String[] {"call", url, "--config", directory.toString(), "-o", "json"}, 0, args, 0, 6);
    System.arraycopy(more, 0, args, 6, more.length);
    Terminal terminal = Terminal.run(args);
    assertThat(terminal.exitCode()).as(terminal.err()).isZero();
    return JsonParser.parseString(terminal.out()).getAsJsonObject();
  }
}
