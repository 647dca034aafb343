package io.librarymesh.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  @TempDir Path directory;

  private final List<String> address = new ArrayList<>();

  @BeforeEach
  void declare() throws IOException {
    try (Echoes echoes = new Echoes()) {
      address.add("127.0.0.1:" + echoes.add("v1", Echoes.WELL).address().getPort());
      echoes.declare(directory);
    }
    Echoes.rules(
        directory,
        """
            - name: alpha
              match: [{headers: {x-user: {exact: alpha}}}]
              route:
                - destination: {host: echo.test, subset: v2}
            - name: rest
              route:
                - destination: {host: echo.test, subset: v1}
                  weight: 98
                - destination: {host: echo.test, subset: v2}
                  weight: 2
              timeout: 2s
              retries: {attempts: 2, perTryTimeout: 1s, retryOn: "5xx,connect-failure"}
              fault: {delay: {percentage: {value: 12.5}, fixedDelay: 3s}, abort: {percentage: {value: 1}, grpcStatus: UNAVAILABLE}}
              mirror: {host: echo.test, subset: v2}
              mirrorPercentage: {value: 5}
        """);
  }

  private Terminal explain(String... arguments) {
    List<String> all = new ArrayList<>(List.of("explain", "http://echo.test/hello"));
    all.addAll(List.of("--config", directory.toString()));
    all.addAll(List.of(arguments));
    return Terminal.run(all.toArray(String[]::new));
  }

  @Test
  void everyRuleSaysWhyItAppliesOrNot() {
    Terminal terminal = explain();
    assertThat(terminal.out())
        .contains("header x-user: missing (expected: exactly \"alpha\")")
        .contains("100 % of such requests take rest (rules.yaml:13)")
        .contains("delay       3 s for 12.5 %")
        .contains("abort       gRPC status 14 for 1 %")
        .contains("mirror      5 % to echo.test:80 subset v2")
        .contains("timeout     2 s")
        .contains("retries     2 on 5xx,connect-failure; 1 s a try")
        .contains("98 % to echo.test:80 subset v1")
        .contains(
            "ServiceEntry service.yaml:1, DestinationRule subsets.yaml:1, subset subsets.yaml:8")
        .containsPattern(address.get(0) + " +yes +healthy")
        .contains("2 % to echo.test:80 subset v2")
        .contains("no endpoints: 503 UH");
    assertThat(terminal.exitCode()).isZero();
  }

  @Test
  void settingsOfTheMeshCount() throws IOException {
    Path settings = directory.resolve("settings");
    Files.writeString(settings, "pathNormalization: {normalization: MERGE_SLASHES}\n");
    String url = "http://echo.test/a//b";
    String config = directory.toString();

    Terminal without = Terminal.run("explain", url, "--config", config);
    Terminal with =
        Terminal.run("explain", url, "--config", config, "--mesh-config", settings.toString());
    Terminal remote =
        Terminal.run(
            "explain", url, "--server", "127.0.0.1:1", "--mesh-config", settings.toString());

    assertThat(without.out()).doesNotContain("/a/b");
    assertThat(with.out()).contains("/a/b");
    assertThat(remote.exitCode()).isEqualTo(2);
    assertThat(remote.err()).contains("--mesh-config: without --config");
  }

  @Test
  void pathIsShownAsRulesSeeIt() {
    assertThat(explain().out()).doesNotContain("normal path");
    assertThat(explainUrl("http://echo.test/%68ello?q=%68").out())
        .contains("normal path   /hello?q=%68")
        .contains("100 % of such requests take rest");
    assertThat(explainUrl("http://echo.test/a%00").out())
        .contains("problem       the path is refused with 400: it has %00");
  }

  private Terminal explainUrl(String url) {
    return Terminal.run("explain", url, "--config", directory.toString());
  }

  @Test
  void requestOfGrpcBoundsItself() {
    String grpc = explain("-X", "POST", "-H", "content-type: application/grpc").out();
    assertThat(grpc).contains("timeout     what grpc-timeout asks for, at most 2 s");
    assertThat(explain().out()).contains("timeout     2 s").doesNotContain("grpc-timeout");
  }

  @Test
  void retriesSayWhatBoundsThem() {
    assertThat(explain().out())
        .contains("at most a fifth of the calls, or 10 a second if that is more")
        .doesNotContain("certainly not processed");
    assertThat(explain("-X", "POST").out())
        .contains("POST only when it was certainly not processed");
    assertThat(explain("-X", "POST", "--istio-exact").out())
        .doesNotContain("a fifth of the calls")
        .doesNotContain("certainly not processed");
  }

  @Test
  void triesBesideEachOtherAreTold() throws IOException {
    Path rules = directory.resolve("rules.yaml");
    String annotated =
        Files.readString(rules)
            .replace(
                "  name: echo",
                "  name: echo\n  annotations: {librarymesh.io/hedge-on-per-try-timeout: 'true'}");
    Files.writeString(rules, annotated);

    assertThat(explain().out())
        .contains("2 on 5xx,connect-failure; 1 s until the next try begins beside it")
        .doesNotContain("certainly not processed");
    assertThat(explain("-X", "POST").out())
        .contains("POST only when it was certainly not processed, so no try beside another");
  }

  @Test
  void requestThatCanReachNobodyIsAFailure() {
    Terminal terminal = explain("-H", "x-user: alpha");
    assertThat(terminal.out())
        .contains("100 % of such requests take alpha")
        .contains("no endpoints: 503 UH");
    assertThat(terminal.exitCode()).isEqualTo(1);
  }

  @Test
  void jsonHasTheWholeExplanation() {
    JsonObject json = JsonParser.parseString(explain("-o", "json").out()).getAsJsonObject();
    assertThat(json.keySet())
        .containsExactly(
            "target", "unknown", "problem", "semantics", "virtualHost", "rules", "outcomes");
    JsonObject outcome = json.getAsJsonArray("outcomes").get(0).getAsJsonObject();
    JsonObject action = outcome.getAsJsonObject("action");
    assertThat(action.get("kind").getAsString()).isEqualTo("Forward");
    JsonObject timeouts = action.getAsJsonObject("timeouts");
    assertThat(timeouts.get("routeMs").getAsDouble()).isEqualTo(2000);
    assertThat(timeouts.getAsJsonObject("grpc").get("maxMs").getAsDouble()).isEqualTo(2000);
    assertThat(timeouts.has("idleMs")).isFalse();
    JsonObject destination = outcome.getAsJsonArray("destinations").get(0).getAsJsonObject();
    assertThat(destination.get("share").getAsDouble()).isEqualTo(0.98);
    JsonObject host =
        destination.getAsJsonObject("state").getAsJsonArray("hosts").get(0).getAsJsonObject();
    assertThat(host.get("pickable").getAsBoolean()).isTrue();
  }

  @Test
  void policyInForceIsToldPartByPart() throws IOException {
    Files.writeString(
        directory.resolve("policy.yaml"),
        """
        apiVersion: librarymesh.io/v1
        kind: ResiliencePolicy
        metadata: {name: p}
        spec:
          hosts: [echo.test]
          http:
            - name: writes
              match: [{method: {exact: POST}}]
              bulkhead: {maxConcurrentCalls: 7}
            - name: reads
              coalesce: {headers: [X-Who]}
              rateLimit: {requests: 20, interval: 1m, maxWait: 2s}
              adaptiveConcurrency: {}
              fallback:
                on: [timeout, '404']
                destination: {host: echo.test, subset: v2}
                lastGoodResponse: {maxAge: 90s}
                response: {status: 203, body: {string: sorry}}
        """);
    assertThat(explain("-X", "POST").out())
        .contains("ResiliencePolicy default/p writes")
        .contains("bulkhead    7 at once, then 503 UO")
        .doesNotContain("coalesce");
    assertThat(explain().out())
        .contains("ResiliencePolicy default/p reads")
        .contains("of up to 65536 bytes, and wait 5 s for it; they differ in x-who as well")
        .contains("rate limit  20 in 60 s; others wait up to 2 s, then 429 RL")
        .contains("adaptive    3 at once now, by latency from 3 to 1000, then 503 UO")
        .contains(
            "fallback    on timeout,404: echo.test:80 subset v2; else the last good answer of")
        .contains("the last 90 s; else a fixed answer, 203")
        .doesNotContain("bulkhead");
    JsonObject json = JsonParser.parseString(explain("-o", "json").out()).getAsJsonObject();
    JsonObject rule = json.getAsJsonObject("policy").getAsJsonObject("rule");
    assertThat(rule.getAsJsonObject("rateLimit").get("intervalMs").getAsDouble()).isEqualTo(60_000);
    assertThat(
            rule.getAsJsonObject("fallback").getAsJsonObject("response").get("body").getAsString())
        .isEqualTo("sorry");
  }

  @Test
  void sessionSaysWhichHostItAsksFor() throws IOException {
    Path service = directory.resolve("service.yaml");
    Files.writeString(
        service,
        Files.readString(service)
            .replace(
                "  name: echo\n", "  name: echo\n  labels: {istio.io/persistent-session: sid}\n"));
    assertThat(explain().out()).contains("session     cookie sid of /; begins with this request");
    assertThat(explain("-H", "cookie: sid=" + base64(address.get(0))).out())
        .contains("session     cookie sid of /; the request asks for " + address.get(0))
        .contains("session's host    " + address.get(0) + " gets the call");
    assertThat(explain("-H", "cookie: sid=" + base64("\u001b[31mred")).out())
        .contains("the request asks for something that is no endpoint")
        .doesNotContain("\u001b");
    assertThat(explain("-H", "cookie: sid=" + base64("10.9.8.7:80")).out())
        .contains("session's host    10.9.8.7:80 is not among the hosts, so another one gets it");
    JsonObject json =
        JsonParser.parseString(
                explain("-o", "json", "-H", "cookie: sid=" + base64(address.get(0))).out())
            .getAsJsonObject();
    JsonObject outcome = json.getAsJsonArray("outcomes").get(0).getAsJsonObject();
    assertThat(outcome.getAsJsonObject("session").get("host").getAsString())
        .isEqualTo(address.get(0));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void wrongUrlIsNamed() {
    Terminal terminal = Terminal.run("explain", "echo.test", "--config", directory.toString());
    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("URL: 'echo.test' (expected: http://HOST[:PORT]/PATH");
  }
}
