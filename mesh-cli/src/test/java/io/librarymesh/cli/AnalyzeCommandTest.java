package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.librarymesh.controlplane.analyze.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class AnalyzeCommandTest {
  @TempDir Path directory;

  @BeforeEach
  void aServiceAndRulesForIt() throws IOException {
    Files.writeString(
        directory.resolve("service.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
        """);
    rules("timeout: 2s");
  }

  private void rules(String line) throws IOException {
    Files.writeString(
        directory.resolve("rules.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [reviews]
          http:
            - match: [{uri: {prefix: /a}}]
              route: [{destination: {host: reviews}}]
            - match: [{uri: {exact: /a/b}}]
              route: [{destination: {host: reviews, subset: "v1"}}]
              %s
        """
            .formatted(line));
  }

  @Test
  void referencesOfAFileWithAnErrorAreNamedBesideIt() throws IOException {
    rules("timeoutt: 2s");
    Terminal terminal = Terminal.run("analyze", directory.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .contains("spec.http[1].timeoutt: unknown field")
        .contains("spec.http[1].route[0].destination.subset: v1: not declared");
  }

  @Test
  void whatIsValidButWrongIsNamedAndExitsWithZero() {
    Terminal terminal = Terminal.run("analyze", directory.toString());

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out())
        .contains(
            directory.resolve("rules.yaml")
                + ":9:7: warning: LM0101 ShadowedRoute: spec.http[1]: never reached: ")
        .contains("warning: LM0002 DanglingReference: ", "v1: not declared")
        .endsWith("2 resources, 0 errors, 2 warnings\n");
  }

  @Test
  void anErrorOfValidationExitsWithOne() throws IOException {
    rules("timeoutt: 2s");

    Terminal terminal = Terminal.run("analyze", directory.toString(), "--level", "error");

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .contains("error: LM0001 InvalidFile: spec.http[1].timeoutt: ")
        .doesNotContain("warning: ");
  }

  @Test
  void jsonAndYamlSayTheSame() {
    Terminal json = Terminal.run("analyze", directory.toString(), "-o", "json");
    Terminal yaml = Terminal.run("analyze", directory.toString(), "-o", "yaml");

    JsonArray findings = JsonParser.parseString(json.out()).getAsJsonArray();
    JsonObject first = findings.get(0).getAsJsonObject();
    assertThat(first.keySet())
        .containsExactly("code", "name", "file", "line", "column", "severity", "field", "message");
    assertThat(first.get("code").getAsString()).isEqualTo("LM0101");
    assertThat(first.get("line").getAsInt()).isEqualTo(9);
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml.out());
    assertThat(new Gson().toJsonTree(loaded)).isEqualTo(findings);
  }

  @Test
  void codesAreListedForMachinesToo() {
    JsonArray codes =
        JsonParser.parseString(Terminal.run("analyze", "--list", "-o", "json").out())
            .getAsJsonArray();

    assertThat(codes).hasSameSizeAs(Code.values());
    assertThat(codes.get(0).getAsJsonObject().keySet()).containsExactly("code", "name", "summary");
    assertThat(Terminal.run("analyze", "--list", "-o", "yaml").out())
        .startsWith("- code: LM0001\n");
  }

  @Test
  void theCodesCanBeListed() {
    Terminal terminal = Terminal.run("analyze", "--list");

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out().lines()).hasSize(Code.values().length);
    assertThat(terminal.out()).contains("LM0401  EjectsNobody");
  }

  @Test
  void aMissingPathIsAUsageError() {
    assertThat(Terminal.run("analyze", directory.resolve("nothing").toString()).exitCode())
        .isEqualTo(2);
    Terminal none = Terminal.run("analyze");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("no PATH");
  }
}
