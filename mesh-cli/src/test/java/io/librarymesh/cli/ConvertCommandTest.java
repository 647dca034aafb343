package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  private static final String OLD =
      """
      # Reviews.
      apiVersion: networking.istio.io/v1alpha3
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http: [{route: [{destination: {host: reviews, port: {number: 80}}}]}]
      """;

  private static final String TODAY = OLD.replace("v1alpha3", "v1");

  private static final String POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";

  @TempDir Path directory = Path.of(".");

  private Path file(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }

  @Test
  void filesGoToStandardOutputAsOne() throws IOException {
    file("in/a.yaml", OLD);
    file("in/b/c.yaml", POD);

    Terminal terminal = Terminal.run("convert", directory.resolve("in").toString());

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out()).isEqualTo(TODAY + "---\n" + POD);
    assertThat(terminal.err()).isEqualTo("2 files, 1 changed, 0 errors, 0 warnings\n");
    assertThat(read("in/a.yaml")).isEqualTo(OLD);
  }

  @Test
  void filesAreChangedInPlace() throws IOException {
    Path file = file("in/a.yaml", OLD);

    Terminal terminal = Terminal.run("convert", "--in-place", file.toString());

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out()).isEmpty();
    assertThat(read("in/a.yaml")).isEqualTo(TODAY);
  }

  @Test
  void allFilesGoIntoADirectory() throws IOException {
    file("in/a.yaml", OLD);
    file("in/b/c.yaml", POD);
    String in = directory.resolve("in").toString();

    Terminal terminal =
        Terminal.run(
            "convert", in, "--to", "gateway-api", "-o", directory.resolve("out").toString());

    assertThat(terminal.exitCode()).isZero();
    assertThat(read("out/a.yaml"))
        .startsWith("# Reviews.\napiVersion: gateway.networking.k8s.io/v1\n");
    assertThat(read("out/b/c.yaml")).isEqualTo(POD);
  }

  @Test
  void whatCannotBeSaidIsNamedAndExitsWithOne() throws IOException {
    Path file =
        file(
            "a.yaml",
            TODAY.replace(
                "http: [{",
                "http: [{timeout: 1s, fault: {abort: {httpStatus: 500, percentage: {value: 1}}}, "));

    Terminal terminal = Terminal.run("convert", file.toString(), "--to", "gateway-api");

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out()).isEqualTo(Files.readString(file));
    assertThat(terminal.err())
        .contains(file + ":7:10: warning: spec.http[0].fault: an HTTPRoute injects no faults; ")
        .contains("1 file, 0 changed, 0 errors, 1 warning\n");
  }

  @Test
  void aFileWithAnErrorStaysAndExitsWithOne() throws IOException {
    Path file = file("a.yaml", OLD.replace("hosts", "hots"));

    Terminal terminal = Terminal.run("convert", file.toString());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out()).isEqualTo(Files.readString(file));
    assertThat(terminal.err()).contains("error: spec.hots: unknown field");
  }

  @Test
  void filesHaveToGoToOnePlace() throws IOException {
    Path file = file("a.yaml", OLD);
    String out = directory.resolve("out").toString();

    assertThat(Terminal.run("convert", file.toString(), "--in-place", "-o", out).exitCode())
        .isEqualTo(2);
    assertThat(Terminal.run("convert", file.toString(), "--to", "nginx").err())
        .contains("istio", "gateway-api");
    Path other = file("x/a.yaml", OLD);
    Terminal both = Terminal.run("convert", file.toString(), other.toString(), "-o", out);
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("two of the files");
  }
}
