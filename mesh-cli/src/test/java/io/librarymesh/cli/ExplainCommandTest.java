package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
              fault: {delay: {percentage: {value: 12.5}, fixedDelay: 3s}}
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
        .containsExactly("target", "problem", "semantics", "virtualHost", "rules", "outcomes");
    JsonObject outcome = json.getAsJsonArray("outcomes").get(0).getAsJsonObject();
    JsonObject action = outcome.getAsJsonObject("action");
    assertThat(action.get("kind").getAsString()).isEqualTo("Forward");
    assertThat(action.getAsJsonObject("timeouts").get("routeMs").getAsDouble()).isEqualTo(2000);
    JsonObject destination = outcome.getAsJsonArray("destinations").get(0).getAsJsonObject();
    assertThat(destination.get("share").getAsDouble()).isEqualTo(0.98);
    JsonObject host =
        destination.getAsJsonObject("state").getAsJsonArray("hosts").get(0).getAsJsonObject();
    assertThat(host.get("pickable").getAsBoolean()).isTrue();
  }

  @Test
  void wrongUrlIsNamed() {
    Terminal terminal = Terminal.run("explain", "echo.test", "--config", directory.toString());
    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("URL: 'echo.test' (expected: http://HOST[:PORT]/PATH");
  }
}
