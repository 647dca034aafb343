package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.librarymesh.controlplane.store.HostileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  @TempDir Path directory;

  @Test
  void anEmptyFileIsAnErrorAsItIsWhenServed() throws IOException {
    Files.writeString(directory.resolve("empty.yaml"), " \n");
    Terminal terminal = Terminal.run("validate", directory.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .contains("empty.yaml: error: is empty; to take back what it said, delete it");
  }

  @Test
  void aGoodFileExitsWithZero() throws IOException {
    Path file = rules("timeout: 2s");

    Terminal terminal = Terminal.run("validate", file.toString());

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out()).contains("1 resource, 0 errors");
  }

  @Test
  void anErrorIsNamedWithPlaceFieldAndHintAndExitsWithOne() throws IOException {
    Path file = rules("timeoutt: 2s");

    Terminal terminal = Terminal.run("validate", file.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .contains(file + ":11:7: error: spec.http[0].timeoutt: ")
        .contains("did you mean 'timeout'");
  }

  @Test
  void allMistakesOfAllFilesAreNamedAtOnce() throws IOException {
    Path rules = rules("timeoutt: 2s");
    Path others = directory.resolve("others.yaml");
    Files.writeString(
        others,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter}
        spec: {selector: {app: greeter}, ports: [{name: http, port: 99999}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: greeter}
        spec:
          hosts: [greeter]
          http:
            - route:
                - destination: {host: greeter, subset: v1}
        """);

    Terminal terminal = Terminal.run("validate", directory.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .contains(rules + ":11:7: error: spec.http[0].timeoutt: ")
        .contains(
            rules
                + ":10:13: warning: spec.http[0].route[0].destination.host:"
                + " echo.default.svc.cluster.local: no such service")
        .contains(others + ":4:61: error: spec.ports[0].port: ")
        .contains(
            others + ":13:24: warning: spec.http[0].route[0].destination.subset: v1: not declared")
        .doesNotContain("greeter.default.svc.cluster.local: no such service");
  }

  @Test
  void aSidecarWithAHostWithoutANamespaceIsNamedBesideAllElse() throws IOException {
    Path sidecar = directory.resolve("sidecar.yaml");
    Files.writeString(
        sidecar,
        """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: s, namespace: prod}
        spec: {egress: [{hosts: [web.prod.svc.cluster.local]}]}
        """);
    Path rules = rules("timeout: 0s");

    for (String command : List.of("validate", "analyze")) {
      Terminal terminal = Terminal.run(command, directory.toString());

      assertThat(terminal.exitCode()).isEqualTo(1);
      assertThat(terminal.err()).isEmpty();
      assertThat(terminal.out())
          .contains("spec.egress[0].hosts[0]: web.prod.svc.cluster.local (expected: namespace/host")
          .contains(sidecar + ":4:", rules + ":11:16: error: ");
    }
  }

  @Test
  void findingsComeAsJsonToo() throws IOException {
    Path file = rules("timeout: 0s");

    Terminal terminal = Terminal.run("validate", "-o", "json", file.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    JsonArray findings = JsonParser.parseString(terminal.out()).getAsJsonArray();
    JsonObject finding = findings.get(0).getAsJsonObject();
    assertThat(finding.keySet())
        .containsExactly("file", "line", "column", "severity", "field", "message");
    assertThat(finding.get("severity").getAsString()).isEqualTo("error");
    assertThat(finding.get("field").getAsString()).isEqualTo("spec.http[0].timeout");
    assertThat(finding.get("line").getAsInt()).isEqualTo(11);
  }

  @Test
  void findingsComeAsYamlAndByDefaultAsLines() throws IOException {
    Path file = rules("timeout: 0s");

    assertThat(Terminal.run("validate", "-o", "yaml", file.toString()).out())
        .startsWith("- file: " + file + "\n  line: 11\n  column: 16\n  severity: error\n");
    assertThat(Terminal.run("validate", "-o", "table", file.toString()).out())
        .isEqualTo(Terminal.run("validate", file.toString()).out())
        .startsWith(file + ":11:16: error: ");
  }

  @Test
  void aMissingPathIsAUsageError() {
    Terminal terminal = Terminal.run("validate", directory.resolve("nothing").toString());

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("no such file or directory");
  }

  @Test
  void settingsOfTheMeshAreReadFromAFileOfTheirOwn() throws IOException {
    Path file = rules("timeout: 2s");
    Path settings = directory.resolve("settings");
    Files.writeString(settings, "conectTimeout: 2s\n");

    Terminal terminal =
        Terminal.run("validate", file.toString(), "--mesh-config", settings.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .contains(settings + ":1:1: error: conectTimeout: unknown field; did you mean");
    Terminal missing = Terminal.run("validate", file.toString(), "--mesh-config", "nowhere");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("nowhere: no such file");
  }

  @Test
  void hostileFilesAreNamedWithTheirReasonsAndTheOthersAreCounted() throws IOException {
    rules("timeout: 2s");
    Map<Path, String> expected = new LinkedHashMap<>();
    for (HostileFile hostile : HostileFile.all()) {
      Path file = directory.resolve("hostile-" + expected.size() + ".yaml");
      hostile.make().accept(file);
      expected.put(file, hostile.reason());
    }

    Terminal terminal = Terminal.run("validate", directory.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out()).contains("1 resource, ");
    expected.forEach(
        (file, reason) ->
            assertThat(terminal.out().lines())
                .as("%s", file)
                .anyMatch(line -> line.startsWith(file + ":") && line.contains(reason)));
  }

  private Path rules(String line) throws IOException {
    Path file = directory.resolve("rules.yaml");
    Files.writeString(
        file,
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: echo
        spec:
          hosts: [echo]
          http:
            - route:
                - destination:
                    host: echo
              %s
        """
            .formatted(line));
    return file;
  }
}
